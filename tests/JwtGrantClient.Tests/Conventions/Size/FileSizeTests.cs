namespace JwtGrantClient.Tests.Conventions.Size;

public sealed class FileSizeTests
{
    private const int FileLimit = 300;
    private const int MethodLimit = 60;

    [Fact]
    public void No_file_has_more_than_300_lines() =>
        Findings.AssertNone(Sizes.LongFiles(SourceTree.ReadCSharp("src", "tests"), FileLimit), "Split the file by concept.");

    [Fact]
    public void No_method_has_more_than_60_lines() =>
        Findings.AssertNone(Sizes.LongMethods(SourceTree.ReadCSharp("src"), MethodLimit), "Extract a part into a method of its own.");

    [Fact]
    public void A_file_over_the_limit_is_reported_with_its_number_of_lines()
    {
        SourceFile[] files = [File("A.cs", 3), File("B.cs", 4)];

        Assert.Equal(["src/P/B.cs has 4 lines"], Sizes.LongFiles(files, limit: 3));
    }

    [Fact]
    public void A_method_over_the_limit_is_reported_with_its_location()
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
