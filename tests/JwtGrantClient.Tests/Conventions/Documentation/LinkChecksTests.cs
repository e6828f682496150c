namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that the link check reports what is stale, and only that.</summary>
public sealed class LinkChecksTests
{
    private const string Repository = "https://github.com/example/example";

    private const string Page = "# Page A\n\n## First part\n\n## First part\n\n### `some_code`\n\n## [Linked](b.md), *and* more: 2.0\n<a id=\"own\"></a>\n";

    [Theory]
    [InlineData("[b](b.md)")]
    [InlineData("[b](./b.md#page-b)")]
    [InlineData("[root](../README.md#try-it)")]
    [InlineData("[absolute path](/README.md)")]
    [InlineData("[here](#page-a)")]
    [InlineData("[second of the same name](#first-part-1)")]
    [InlineData("[code](#some_code)")]
    [InlineData("[punctuation](#linked-and-more-20)")]
    [InlineData("[element](#own)")]
    [InlineData("[folder](../examples/Batch)")]
    [InlineData("[folder](../examples/Batch/)")]
    [InlineData("[folder's heading](../examples/Batch#batch)")]
    [InlineData("[code](../src/P/A.cs#L3)")]
    [InlineData("[code](../src/P/A.cs#L1-L3)")]
    [InlineData("[other site](https://example.com/nowhere.md#nothing)")]
    [InlineData("[mail](mailto:a@example.com)")]
    [InlineData("[issue](https://github.com/example/example/issues/1)")]
    [InlineData("[other repository](https://github.com/other/other/blob/main/nowhere.md)")]
    [InlineData("[repository](https://github.com/example/example)")]
    [InlineData("[repository](https://github.com/example/example#readme)")]
    [InlineData("[file](https://github.com/example/example/blob/main/docs/b.md#page-b)")]
    [InlineData("[folder](https://github.com/example/example/tree/main/examples)")]
    [InlineData("`[code](nowhere.md)`")]
    [InlineData("<!-- [hidden](nowhere.md) -->")]
    [InlineData("```md\n[sample](nowhere.md)\n```")]
    public void A_link_that_is_current_is_not_reported(string markdown) => Assert.Empty(Stale(markdown));

    [Theory]
    [InlineData("[b](c.md)", "c.md: there is no 'docs/c.md'")]
    [InlineData("[b](../b.md)", "../b.md: there is no 'b.md'")]
    [InlineData("[a\nb](c.md)", "c.md: there is no 'docs/c.md'")]
    [InlineData("[`code`](c.md)", "c.md: there is no 'docs/c.md'")]
    [InlineData("![image](c.svg)", "c.svg: there is no 'docs/c.svg'")]
    [InlineData("[![image](b.md)](b.md) [b](c.md \"title\")", "c.md: there is no 'docs/c.md'")]
    [InlineData("[b]: c.md", "c.md: there is no 'docs/c.md'")]
    [InlineData("[here](#nothing)", "#nothing: 'docs/a.md' has no heading 'nothing'")]
    [InlineData("[b](b.md#not-a-heading)", "b.md#not-a-heading: 'docs/b.md' has no heading 'not-a-heading'")]
    [InlineData("[b](b.md#Page-B)", "b.md#Page-B: 'docs/b.md' has no heading 'Page-B'")]
    [InlineData("[third](#first-part-2)", "#first-part-2: 'docs/a.md' has no heading 'first-part-2'")]
    [InlineData("[out](../../elsewhere.md)", "../../elsewhere.md: the link leads out of the repository")]
    [InlineData("[folder](../examples/Gone)", "../examples/Gone: there is no 'examples/Gone'")]
    [InlineData("[folder](../src/P#a)", "../src/P#a: 'src/P/README.md' does not exist, so it has no anchor 'a'")]
    [InlineData("[code](../src/P/A.cs#L9)", "../src/P/A.cs#L9: 'src/P/A.cs' has no line 'L9'")]
    [InlineData("[file](https://github.com/example/example/blob/main/c.md)", "https://github.com/example/example/blob/main/c.md: there is no 'c.md'")]
    [InlineData(
        "[file](https://github.com/example/example/blob/main/docs/b.md#gone)",
        "https://github.com/example/example/blob/main/docs/b.md#gone: 'docs/b.md' has no heading 'gone'")]
    [InlineData(
        "[branch](https://github.com/example/example/blob/master/README.md)",
        "https://github.com/example/example/blob/master/README.md: there is no 'blob/master/README.md'")]
    [InlineData("<https://github.com/example/example/blob/main/c.md>", "https://github.com/example/example/blob/main/c.md: there is no 'c.md'")]
    public void A_link_that_is_stale_is_reported(string markdown, string finding) => Assert.Equal([$"docs/a.md:11 {finding}"], Stale(markdown));

    [Fact]
    public void A_stale_link_is_reported_with_its_line() =>
        Assert.Equal(["docs/a.md:16 c.md: there is no 'docs/c.md'"], Stale("```sh\nls\n```\n\nText.\nSee [c](c.md)."));

    private static IEnumerable<string> Stale(string markdown)
    {
        var page = Page + markdown + "\n";
        var tree = DocumentTree.Create(
            ("docs/a.md", page),
            ("README.md", "# Example\n\n## Try it\n"),
            ("docs/b.md", "# Page B\n\n```sh\n# not a heading\n```\n"),
            ("examples/Batch/README.md", "# Batch\n"),
            ("src/P/A.cs", "class A;\n\n// line 3\n"));
        return new LinkChecks(tree, () => Repository).Stale("docs/a.md", page);
    }
}
