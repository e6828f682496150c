using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>
/// Finds stale references to code:
/// <list type="bullet">
/// <item>inline code, or a word of a shell block, that is a path below src, tests, examples, docs or .github;</item>
/// <item>a link to a .cs file whose text is an identifier: a type of that name must be declared there;</item>
/// <item>inline code of the form <c>Type.Member</c>, where the type is one of src;</item>
/// <item>inline code that begins with <c>JwtGrant</c>, <c>AddJwtGrant</c>, <c>IJwt</c>, <c>IToken</c> or <c>Use</c>, names of the public API;</item>
/// <item>inline code of the form <c>Refresh:ExpiryMargin</c>, which is a setting.</item>
/// </list>
/// </summary>
/// <param name="tree">The repository's files.</param>
/// <param name="names">The names that code and settings have.</param>
internal sealed partial class CodeReferences(DocumentTree tree, CodeNames names)
{
    private readonly LinkChecks _links = new(tree, () => "");

    /// <summary>Returns a finding for each stale reference of a document.</summary>
    public IEnumerable<string> Stale(string path, string markdown) =>
    [
        .. StaleLinks(path, markdown),
        .. from code in Markdown.InlineCode(markdown)
           let problem = Problem(code.Text)
           where problem is not null
           select $"{path}:{code.Line} `{code.Text}`: {problem}",
        .. from block in Markdown.Blocks(path, markdown)
           where block.Language is "sh" or "bash"
           from line in block.Text.Split('\n').Select((text, index) => (Text: text, Number: block.Line + index))
           from word in line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where IsPath(word) && !Exists(word)
           select $"{path}:{line.Number} {word}: there is no such file or folder",
    ];

    private IEnumerable<string> StaleLinks(string path, string markdown) =>
        from link in MarkdownLinks.Find(markdown)
        where link.Target.EndsWith(".cs", StringComparison.Ordinal) && !link.Target.Contains("://", StringComparison.Ordinal)
        let file = _links.Resolve(path, link.Target)
        where file is not null && tree.HasFile(file) && Identifier().IsMatch(link.Text) && !Declares(file, link.Text)
        select $"{path}:{link.Line} [{link.Text}]: '{file}' declares no type '{link.Text}'";

    private string? Problem(string code)
    {
        if (IsPath(code))
            return Exists(code) ? null : "there is no such file or folder";
        if (code.StartsWith("JwtGrantClient.", StringComparison.Ordinal))
            return names.HasName(code) || names.HasName(code[(code.LastIndexOf('.') + 1)..]) ? null : "there is no such type or member";
        if (TypeAndMember().Match(code) is { Success: true } reference)
        {
            var (type, member) = (reference.Groups["type"].Value, reference.Groups["member"].Value);
            return !names.HasType(type) || names.HasMember(type, member) ? null : $"the type '{type}' has no member '{member}'";
        }
        if (ApiName().Match(code) is { Success: true } api)
            return names.HasName(api.Groups["name"].Value) ? null : "there is no such type or member";
        if (Setting().IsMatch(code))
            return CodeNames.HasSetting(code) ? null : "there is no such setting";
        return null;
    }

    private bool Declares(string file, string type)
    {
        var root = CSharpSyntaxTree.ParseText(tree.Read(file)!, Roslyn.Parsing).GetRoot();
        return root.DescendantNodes().Any(node =>
            (node is BaseTypeDeclarationSyntax declared && declared.Identifier.Text == type)
            || (node is DelegateDeclarationSyntax callback && callback.Identifier.Text == type));
    }

    private bool Exists(string path) => path.TrimEnd('/') is var entry && (tree.HasFile(entry) || tree.HasFolder(entry));

    private static bool IsPath(string text) => Location().IsMatch(text);

    [GeneratedRegex(@"^(src|tests|examples|docs|\.github)/[\w./-]*\w/?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Location();

    [GeneratedRegex(@"^[A-Z]\w*$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^(?<type>[A-Z]\w*)\.(?<member>[A-Z]\w*)(\(.*\))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeAndMember();

    [GeneratedRegex(@"^(?<name>(JwtGrant(?!__)|AddJwtGrant|IJwt|IToken|Use(?=[A-Z]))\w*)(\(.*\))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex ApiName();

    [GeneratedRegex(@"^[A-Z]\w*(:\w+)+$", RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();
}
