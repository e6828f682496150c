namespace JwtGrantClient.Tests.Conventions.Size;

public sealed class FileSizeTests
{
    private const int FileLimit = 300;
    private const int MedianLimit = 80;
    private const int MethodLimit = 60;
    private const int LineLimit = 160;

    public static TheoryData<string> SrcProjects => [.. SourceTree.SrcProjects];

    [Fact]
    public void No_file_has_more_than_300_lines() =>
        Findings.AssertNone(Sizes.LongFiles(SourceTree.CSharp("src", "tests"), FileLimit), "Split the file where a second concept begins.");

    [Theory]
    [MemberData(nameof(SrcProjects))]
    public void Half_of_the_files_of_a_project_have_at_most_80_lines(string project)
    {
        var files = SourceTree.CSharp($"src/{project}");
        var median = Sizes.Median(files);

        Assert.True(
            median <= MedianLimit,
            $"The median file of {project} has {median} lines, the limit is {MedianLimit}. Largest:\n  "
                + string.Join("\n  ", Sizes.Largest(files, 5)));
    }

    [Fact]
    public void No_line_has_more_than_160_columns() =>
        Findings.AssertNone(Sizes.LongLines(SourceTree.CSharp("src"), LineLimit), "Break the line; most have at most 140.");

    [Fact]
    public void A_line_over_the_limit_is_told_with_its_place() => Assert.Equal(
        ["src/P/A.cs:2 has 5 columns"], Sizes.LongLines([new SourceFile("src/P/A.cs", "1234\n12345\r\n")], limit: 4));

    [Fact]
    public void No_method_has_more_than_60_lines() =>
        Findings.AssertNone(Sizes.LongMethods(SourceTree.CSharp("src"), MethodLimit), "Extract the part that has a name of its own.");

    [Fact]
    public void A_file_over_the_limit_is_told_with_its_lines()
    {
        SourceFile[] files = [File("A.cs", 3), File("B.cs", 4)];

        Assert.Equal(["src/P/B.cs has 4 lines"], Sizes.LongFiles(files, limit: 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7, 7)]
    [InlineData(7, 1, 9, 7)]
    [InlineData(8, 1, 7, 8, 100)]
    public void The_median_of_an_even_number_of_files_is_rounded_up(int median, params int[] lines) =>
        Assert.Equal(median, Sizes.Median(lines.Select(count => File("A.cs", count))));

    [Fact]
    public void A_method_over_the_limit_is_told_with_its_line()
    {
        var file = new SourceFile("src/P/A.cs", """
            class A
            {
                int Short() => 1;

                A()
                {
                    int Local()
                    {
                        return 1;
                    }
                }
            }
            """);

        Assert.Equal(["src/P/A.cs:5 A has 7 lines"], Sizes.LongMethods([file], limit: 4));
        Assert.Equal(2, Sizes.LongMethods([file], limit: 3).Count());
    }

    private static SourceFile File(string name, int lines) => new($"src/P/{name}", string.Concat(Enumerable.Repeat("//\n", lines)));
}
