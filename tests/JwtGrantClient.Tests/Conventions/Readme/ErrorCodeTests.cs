using System.Text.RegularExpressions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Tests.Conventions.Readme;

/// <summary>An error's code is a promise: the README lists each one that the source can give.</summary>
public sealed partial class ErrorCodeTests
{
    [Fact]
    public void The_README_lists_every_error_code()
    {
        var readme = SourceTree.Read("README.md");

        var codes = CodesIn(SourceTree.CSharp("src/JwtGrantClient").Where(file => !IsOfTheProtocol(file)).Select(file => file.Text)).ToList();

        Assert.Contains("settings_invalid", codes);
        Assert.Contains("server_unreachable", codes);
        Findings.AssertNone(codes.Where(code => !readme.Contains($"`{code}`", StringComparison.Ordinal)), "Add the code to the README's table of errors.");
    }

    [Fact]
    public void A_code_is_found_where_it_is_thrown() => Assert.Equal(
        ["one_code", "other_code", "third_code"],
        CodesIn(["""throw JwtGrantException.Configuration(""" + "\n" + """    "one_code", "text");""",
            """new(JwtGrantErrorKind.Signing, "other_code", "text"); public const string Third = "third_code";"""]));

    /// <summary>Constants that are the protocol's words, not errors of ours.</summary>
    private static bool IsOfTheProtocol(SourceFile file) =>
        file.Path.EndsWith("/GrantTypes.cs", StringComparison.Ordinal) || file.Path.EndsWith("/DPoPHeaders.cs", StringComparison.Ordinal);

    private static IEnumerable<string> CodesIn(IEnumerable<string> sources) => sources
        .SelectMany(source => Code().Matches(source).Select(match => match.Groups["code"].Value))
        .Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("""(Configuration\(\s*|JwtGrantErrorKind\.\w+,\s*|const string \w+ = )"(?<code>[a-z]+(_[a-z]+)+)"(?!:)""")]
    private static partial Regex Code();
}
