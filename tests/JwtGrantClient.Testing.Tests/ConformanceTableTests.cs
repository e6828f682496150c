using System.Reflection;
using System.Text.RegularExpressions;
using JwtGrantClient.Testing.Tests.TestSupport;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The list of rules in the code, the table in the README of the package, and the pages name the same rules.</summary>
public sealed partial class ConformanceTableTests
{
    private const string Header = "| rule | what is rejected | clause | leniency |\n|---|---|---|---|\n";

    [Fact]
    public void The_README_has_the_table_of_the_rules()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src/JwtGrantClient.Testing/README.md"));
        var start = readme.IndexOf(Header, StringComparison.Ordinal);
        var end = readme.IndexOf("\n\n", Math.Max(start, 0), StringComparison.Ordinal);

        var table = Header + string.Join('\n', ConformanceRules.All.Select(rule =>
            $"| {rule.Id} | {rule.Rejects} | {string.Join("; ", rule.Clauses)} | {string.Join(", ", rule.Leniencies.Select(name => $"`{name}`"))} |"));

        Assert.True(start >= 0 && readme[start..end] == table, $"The table in the README differs. Replace it by:\n{table}");
    }

    [Fact]
    public void Each_leniency_lets_pass_a_rule_of_the_table() => Assert.Equal(
        typeof(Leniency).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Order(StringComparer.Ordinal),
        ConformanceRules.All.SelectMany(rule => rule.Leniencies).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_of_the_protocol_rules_has_the_ids_of_the_table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/protocol-rules.md"));

        Assert.Equal(ConformanceRules.All.Select(rule => rule.Id).Distinct(), RuleId().Matches(page).Select(match => match.Groups[1].Value));
    }

    /// <summary>A clause that no refusal can name would be a promise that nothing keeps.</summary>
    [Fact]
    public void Each_clause_of_the_table_occurs_in_the_code_of_a_rule()
    {
        var folder = Path.Combine(Repository.Root, "src/JwtGrantClient.Testing");
        var code = string.Concat(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && Path.GetFileName(file) != "ConformanceRules.cs").Select(File.ReadAllText));

        Assert.DoesNotContain(ConformanceRules.All.SelectMany(rule => rule.Clauses),
            clause => !code.Contains($"\"{clause}\"", StringComparison.Ordinal)
                // The rules of SAML name the items of one section.
                && !code.Contains($"\"{clause.Replace("RFC 7522 section 3 ", "", StringComparison.Ordinal)}\"", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| ([SX]\d\da?) \|", RegexOptions.Multiline)]
    private static partial Regex RuleId();
}
