using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>One C# file, from the tree or from a test's sample: the checks cannot tell the difference.</summary>
internal sealed class SourceFile(string path, string text)
{
    public string Path => path;

    public string Text => text;

    /// <summary>The folder of the project that the file belongs to: <c>src/JwtGrantClient</c>.</summary>
    public string Project => string.Join('/', path.Split('/').Take(2));

    public int Lines => text.AsSpan().Count('\n') + (text.Length == 0 || text.EndsWith('\n') ? 0 : 1);

    public SyntaxTree Syntax => field ??= CSharpSyntaxTree.ParseText(text, Roslyn.Parsing, path);

    /// <summary><c>path:line</c> of a node, token or directive, as editors and terminals link it.</summary>
    public string At(Location location) => $"{path}:{location.GetLineSpan().StartLinePosition.Line + 1}";
}
