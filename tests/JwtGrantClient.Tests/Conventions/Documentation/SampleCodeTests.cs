namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that the compilation of samples reports what does not compile, with the document's line.</summary>
public sealed class SampleCodeTests
{
    [Theory]
    [InlineData("int n = \"\";", "A.md:4 (block at 4) CS0029")]
    [InlineData("var n = 1;\nNowhere.Call(n);", "A.md:5 (block at 4) CS0103")]
    [InlineData("class A : INowhere;", "A.md:4 (block at 4) CS0246")]
    [InlineData("var n = 1", "A.md:4 (block at 4) CS1002")]
    public void A_block_that_does_not_compile_is_reported_with_its_line(string code, string finding) =>
        Assert.StartsWith(finding, Errors($"# Title\n\n```csharp\n{code}\n```\n").First(), StringComparison.Ordinal);

    [Theory]
    [InlineData("var app = WebApplication.CreateBuilder(args).Build();\nawait app.StopAsync();")]
    [InlineData("using System.Text;\n\nConsole.WriteLine(new StringBuilder().Append(new Point(1, 2)));\n\nrecord Point(int X, int Y);")]
    [InlineData("sealed class Warm(ILogger<Warm> logger)\n{\n    Task StartAsync(CancellationToken ct) => Task.FromResult(logger);\n}")]
    public void Statements_types_and_both_compile_as_a_program(string code) => Assert.Empty(Errors($"```csharp\n{code}\n```"));

    [Fact]
    public void The_code_given_in_a_comment_directly_above_is_part_of_the_block()
    {
        const string markdown = """
            <!-- given:
            using System.Globalization;
            var culture = CultureInfo.InvariantCulture;
            record Unused;
            -->
            ```csharp
            using System.Text;

            Console.WriteLine(new StringBuilder(culture.Name).Append(nowhere));
            ```
            """;

        Assert.Equal(["A.md:9 (block at 7) CS0103: The name 'nowhere' does not exist in the current context"], Errors(markdown));
    }

    [Fact]
    public void An_error_in_the_given_code_is_reported_with_its_line()
    {
        const string markdown = "<!-- given:\nint n = nowhere;\n-->\n```csharp\nn++;\n```\n";

        Assert.StartsWith("A.md:2 ", Assert.Single(Errors(markdown)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_continues_includes_the_previous_blocks_with_their_context()
    {
        const string markdown = """
            <!-- given: var a = 1; -->
            ```csharp
            var b = a;
            ```
            Then:
            <!-- continues -->
            ```csharp
            var c = a + b;
            ```
            <!-- continues -->

            ```csharp
            Console.WriteLine(a + b + c);
            ```
            """;

        Assert.Empty(Errors(markdown));
        Assert.NotEmpty(Errors(markdown.Replace("<!-- continues -->", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_comment_that_is_not_directly_above_a_block_is_ignored() =>
        Assert.NotEmpty(Errors("<!-- given: var a = 1; -->\nText.\n```csharp\na++;\n```\n"));

    [Fact]
    public void Blocks_of_other_languages_and_fences_inside_fences_are_not_compiled()
    {
        var blocks = Markdown.Blocks("A.md", "````markdown\n```csharp\nnonsense\n```\n````\n\n  ~~~sh\n  dotnet test\n  ~~~\n");

        Assert.Equal([("markdown", 2), ("sh", 8)], blocks.Select(block => (block.Language, block.Line)));
        Assert.Equal("dotnet test", blocks[1].Text);
    }

    private static IEnumerable<string> Errors(string markdown) => new SampleCode(Markdown.Blocks("A.md", markdown)).FindErrors();
}
