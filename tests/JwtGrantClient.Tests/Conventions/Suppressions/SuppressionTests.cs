namespace JwtGrantClient.Tests.Conventions.Suppressions;

public sealed class SuppressionTests
{
    [Fact]
    public void Every_suppression_in_code_has_a_reason() =>
        Findings.AssertNone(
            CodeSuppressions.WithoutReason(SourceTree.ReadCSharp("src", "tests", "examples")),
            "Fix the warning. Otherwise state the reason in a // comment on the line or above it, or in Justification.");

    [Fact]
    public void Every_suppression_in_the_build_has_a_reason() =>
        Findings.AssertNone(
            BuildFiles().SelectMany(path => BuildSuppressions.InProject(path, SourceTree.Read(path)))
                .Concat(BuildSuppressions.InEditorConfig(SourceTree.Read(".editorconfig"))),
            "Fix the warning. Otherwise name the rule and the reason in the comment directly above.");

    [Theory]
    [InlineData("#pragma warning disable CA1031", "src/A.cs:2 #pragma warning disable CA1031")]
    [InlineData("[SuppressMessage(\"A\", \"B\")] class A;", "src/A.cs:2 SuppressMessage(\"A\", \"B\")")]
    [InlineData("[UnconditionalSuppressMessage(\"A\", \"B\", Justification = \" \")] class A;", "src/A.cs:2 Uncond")]
    public void A_suppression_in_code_without_a_reason_is_reported(string code, string finding) =>
        Assert.StartsWith(finding, Assert.Single(CodeSuppressions.WithoutReason([new("src/A.cs", $"\n{code}\n")])), StringComparison.Ordinal);

    [Theory]
    [InlineData("#pragma warning disable CA1031 // A plugin may throw anything.")]
    [InlineData("// A plugin may throw anything.\n#pragma warning disable CA1031\n#pragma warning restore CA1031")]
    [InlineData("[SuppressMessage(\"A\", \"B\", Justification = \"A plugin may throw anything.\")] class A;")]
    [InlineData("class A { string s = \"\"\"\n#pragma warning disable CA1031\n\"\"\"; }")]
    public void A_suppression_in_code_with_a_reason_is_allowed(string code) =>
        Assert.Empty(CodeSuppressions.WithoutReason([new("src/A.cs", code)]));

    [Fact]
    public void A_suppression_in_a_project_file_that_no_comment_names_is_reported()
    {
        const string project = """
            <Project>
              <PropertyGroup>
                <!-- CA1: why. -->
                <NoWarn>$(NoWarn);CA1;CA2</NoWarn>
                <NoWarn>$(NoWarn);CA1</NoWarn>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="P" NoWarn="NU1" /></ItemGroup>
            </Project>
            """;

        Assert.Equal(["a.csproj:4 CA2", "a.csproj:5 CA1", "a.csproj:7 NU1"], BuildSuppressions.InProject("a.csproj", project));
    }

    [Fact]
    public void A_severity_of_none_without_a_comment_is_reported()
    {
        const string config = """
            # Why.
            dotnet_diagnostic.CA1.severity = none
            dotnet_diagnostic.CA2.severity = none
            dotnet_diagnostic.CA3.severity = warning
            dotnet_diagnostic.CA4.severity = none
            """;

        Assert.Equal([".editorconfig:5 dotnet_diagnostic.CA4.severity = none"], BuildSuppressions.InEditorConfig(config));
    }

    private static IEnumerable<string> BuildFiles() =>
        new[] { ".csproj", ".props", ".targets" }.SelectMany(extension => SourceTree.FindFiles(".", extension));
}
