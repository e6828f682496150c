using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>The assemblies of all projects of src, so that a new project is checked too.</summary>
internal static class SrcAssemblies
{
    public static IReadOnlyList<Assembly> All { get; } = [.. SourceTree.SrcProjects.Select(Load)];

    /// <summary>The assemblies that must not print secrets: all except the strict server, which shows the requests that it received.</summary>
    public static IEnumerable<Assembly> InProduction => All.Where(assembly => assembly.GetName().Name != "JwtGrantClient.Testing");

    /// <summary>Returns the types of the source code, including nested and internal ones but without generated ones.</summary>
    public static IEnumerable<Type> WrittenTypes(this Assembly assembly) => assembly.GetTypes().Where(type => !IsGenerated(type));

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.IsDefined(typeof(GeneratedCodeAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static Assembly Load(string project)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{project}.dll");
        Assert.True(File.Exists(path), $"{project} is in src but not in the output of this test project. Add a ProjectReference to it.");
        return Assembly.LoadFrom(path);
    }
}
