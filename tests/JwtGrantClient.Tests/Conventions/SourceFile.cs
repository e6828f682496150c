using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>A C# file of the repository, or the sample of a test.</summary>
internal sealed class SourceFile(string path, string text)
{
    public string Path => path;

    public string Text => text;

    /// <summary>The folder of the project that contains the file, such as <c>src/JwtGrantClient</c>.</summary>
    public string Project => string.Join('/', path.Split('/').Take(2));

    public int Lines => text.AsSpan().Count('\n') + (text.Length == 0 || text.EndsWith('\n') ? 0 : 1);

    public SyntaxTree Syntax => field ??= CSharpSyntaxTree.ParseText(text, Roslyn.Parsing, path);

    /// <summary>Returns the location as <c>path:line</c>, which editors and terminals link.</summary>
    public string At(Location location) => $"{path}:{location.GetLineSpan().StartLinePosition.Line + 1}";
}
