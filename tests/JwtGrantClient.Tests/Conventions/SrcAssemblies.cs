using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>What src builds. Every project of src is here, so that a new one cannot escape the conventions.</summary>
internal static class SrcAssemblies
{
    public static IReadOnlyList<Assembly> All { get; } = [.. SourceTree.SrcProjects.Select(Load)];

    /// <summary>Those that must print nothing secret. The strict server is left out: it shows a test the requests it got.</summary>
    public static IEnumerable<Assembly> InProduction => All.Where(assembly => assembly.GetName().Name != "JwtGrantClient.Testing");

    /// <summary>The types that somebody wrote, nested and internal ones included; not those of compilers and source generators.</summary>
    public static IEnumerable<Type> WrittenTypes(this Assembly assembly) => assembly.GetTypes().Where(type => !IsGenerated(type));

    /// <summary>The file that the compiler makes of the documentation comments.</summary>
    public static string DocumentationOf(Assembly assembly) => File.ReadAllText(Path.ChangeExtension(assembly.Location, ".xml"));

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.IsDefined(typeof(GeneratedCodeAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static Assembly Load(string project)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{project}.dll");
        Assert.True(File.Exists(path), $"{project} is in src but not beside this test: give the test project a ProjectReference to it.");
        return Assembly.LoadFrom(path);
    }
}
