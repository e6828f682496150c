using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>Compiles sources in memory against the assemblies of this test process: the frameworks, the packages and src.</summary>
internal static class Roslyn
{
    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    private static readonly string[] SdkUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly string[] TemplateUsings =
    [
        .. SdkUsings, "System.Net.Http.Json",
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
    ];

    private static readonly ImmutableArray<PortableExecutableReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => !path.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The implicit usings of Microsoft.NET.Sdk.</summary>
    public static SyntaxTree ImplicitUsings { get; } = Usings(SdkUsings);

    /// <summary>The implicit usings of the Web and Worker SDKs, whose templates readers of the documentation start from.</summary>
    public static SyntaxTree TemplateImplicitUsings { get; } = Usings(TemplateUsings);

    public static CSharpCompilation Compile(
        string assembly, IEnumerable<SyntaxTree> sources, OutputKind kind = OutputKind.DynamicallyLinkedLibrary) =>
        CSharpCompilation.Create(
            assembly,
            sources,
            References.Where(reference => Path.GetFileNameWithoutExtension(reference.FilePath) != assembly),
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    /// <summary>Compiles and loads a sample, for checks that use reflection.</summary>
    public static Assembly Load(string source)
    {
        var compilation = Compile($"Sample{Guid.NewGuid():N}", [ImplicitUsings, CSharpSyntaxTree.ParseText(source, Parsing)]);
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    private static SyntaxTree Usings(IEnumerable<string> namespaces) =>
        CSharpSyntaxTree.ParseText(string.Concat(namespaces.Select(name => $"global using {name};\n")), Parsing, "ImplicitUsings.g.cs");
}
