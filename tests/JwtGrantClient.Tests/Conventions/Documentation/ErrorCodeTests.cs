using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that docs/errors.md documents the error codes, which are stable: each with a heading of its own, below its kind.</summary>
public sealed partial class ErrorCodeTests
{
    private const string Page = "docs/errors.md";

    [Fact]
    public void The_errors_page_has_an_anchor_for_every_error_code()
    {
        var anchors = MarkdownLinks.Anchors(SourceTree.Read(Page));
        var codes = SourceCodes().Select(found => found.Code).Distinct().ToList();

        Assert.Contains("settings_invalid", codes);
        Assert.Contains("server_unreachable", codes);
        Assert.Contains("saml_text_unusable", codes);
        Findings.AssertNone(codes.Where(code => !anchors.Contains(code)), $"Add a heading with the code to {Page}.");
    }

    [Fact]
    public void The_help_link_of_an_error_is_the_heading_of_its_code()
    {
        var anchors = MarkdownLinks.Anchors(SourceTree.Read(Page));
        var links = SourceCodes().Select(found => JwtGrantException.Configuration(found.Code, "A message.").HelpLink!).Distinct().ToList();
        var repository = XDocument.Parse(SourceTree.Read("src/Directory.Build.props")).Descendants("PackageProjectUrl").Single().Value;

        Findings.AssertNone(
            links.Where(link => !link.StartsWith($"{repository}/blob/main/{Page}#", StringComparison.Ordinal) || !anchors.Contains(link[(link.IndexOf('#', StringComparison.Ordinal) + 1)..])),
            "Correct HelpLink of JwtGrantException.");
    }

    [Fact]
    public void The_errors_page_has_a_meaning_a_cause_a_fix_and_an_example_for_each_code() => Findings.AssertNone(
        from section in Entry().Matches(SourceTree.Read(Page))
        where !section.Groups["entry"].Success
        select section.Groups["code"].Value,
        $"Write the meaning and a list of \"Usual cause:\", \"Fix:\" and \"Example:\" below the heading in {Page}.");

    [Fact]
    public void The_errors_page_has_each_code_below_its_kind()
    {
        var kinds = DocumentedKinds(SourceTree.Read(Page));

        Findings.AssertNone(
            from found in SourceCodes()
            where found.Kind is not null && kinds.TryGetValue(found.Code, out var kind) && kind != found.Kind
            select $"{found.Code} is below {kinds[found.Code]}; its kind is {found.Kind}",
            $"Move the heading in {Page}.");
    }

    [Fact]
    public void The_errors_page_has_no_code_that_does_not_exist() => Findings.AssertNone(
        DocumentedKinds(SourceTree.Read(Page)).Keys.Except(SourceCodes().Select(found => found.Code)), $"Remove the heading from {Page}.");

    [Fact]
    public void A_code_is_found_where_it_is_thrown() => Assert.Equal(
        [("one_code", "Configuration"), ("other_code", "Signing"), ("third_code", null), ("fourth_code", null)],
        CodesIn("""
            throw JwtGrantException.Configuration(
                "one_code", "text");
            new(JwtGrantErrorKind.Signing, "other_code", "text");
            public const string Third = "third_code";
            throw Unusable(
                "fourth_code", "text");
            form.Add("client_id", id);
            json.TryGetProperty("expires_in", out var member);
            """));

    [Fact]
    public void A_documented_code_is_found_below_its_kind() => Assert.Equal(
        [("one_code", "Configuration"), ("other_code", "Signing")],
        DocumentedKinds("# Errors\n\n## Configuration\n\n### `one_code`\n\n`not_a_heading`\n\n## Signing\n\n### `other_code`\n")
            .Select(entry => (entry.Key, entry.Value)));

    private static List<(string Code, string? Kind)> SourceCodes() =>
    [
        .. SourceTree.ReadCSharp("src/JwtGrantClient", "src/JwtGrantClient.Saml", "src/JwtGrantClient.Distributed", "src/JwtGrantClient.Hosting")
            .Where(file => !IsOfTheProtocol(file)).SelectMany(file => CodesIn(file.Text)),
    ];

    /// <summary>Returns whether the words of a file are those of the protocol, of a provider or of metrics, and not error codes.</summary>
    private static bool IsOfTheProtocol(SourceFile file) =>
        file.Path.Contains("/Providers/", StringComparison.Ordinal)
            || Array.Exists(["/GrantTypes.cs", "/DPoPHeaders.cs", "/TelemetryNames.cs"], name => file.Path.EndsWith(name, StringComparison.Ordinal));

    private static IEnumerable<(string Code, string? Kind)> CodesIn(string source) => Code().Matches(DocumentationComment().Replace(source, "")).Select(match => (
        match.Groups["code"].Value,
        match.Groups["kind"] is { Success: true } kind ? kind.Value : match.Value.StartsWith("Configuration", StringComparison.Ordinal) ? "Configuration" : null));

    private static Dictionary<string, string> DocumentedKinds(string page)
    {
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        var kind = "";
        foreach (Match heading in Heading().Matches(page))
            if (heading.Groups["code"] is { Success: true } code)
                kinds.Add(code.Value, kind);
            else
                kind = heading.Groups["kind"].Value;
        return kinds;
    }

    // An example in a comment may create parameters of a request.
    [GeneratedRegex("^ *///.*$", RegexOptions.Multiline)]
    private static partial Regex DocumentationComment();

    // The first argument of a method that creates an error, the argument after a kind, or a constant.
    [GeneratedRegex(
        """(\b(?!(Add|AddEach|Equals|Try\w+)\()\w+\(\s*|JwtGrantErrorKind\.(?<kind>\w+),\s*)"(?<code>[a-z]+(_[a-z]+)+)",|const string \w+ = "(?<code>[a-z]+(_[a-z]+)+)";""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex(
        """^### `(?<code>[a-z_]+)`\n(?<entry>\n[A-Z`](.+\n)+\n- Usual cause: (.+\n)+?- Fix: (.+\n)+?- Example: .+)?""", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("^(## (?<kind>\\w+)|### `(?<code>[a-z_]+)`) *$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Heading();
}
