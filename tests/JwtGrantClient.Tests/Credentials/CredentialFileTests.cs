using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Credentials;

public sealed class CredentialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0), InlineData(1), InlineData(CredentialFile.MaximumBytes)]
    public async Task A_file_of_up_to_64_KiB_is_read_whole(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var path = _folder.Write("file", content);

        Assert.Equal(content, CredentialFile.Read(path, Error));
        Assert.Equal(content, await CredentialFile.ReadAsync(path, Error, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("nothing", "Missing", "Could not find file")]
    [InlineData("no folder", "Missing", "Could not find a part of the path")]
    [InlineData("a folder", "Directory", "it is a directory")]
    [InlineData("too much", "TooLarge", "it has more than 65536 bytes")]
    [InlineData("an endless device", "TooLarge", "it has more than 65536 bytes")]
    [InlineData("no path at all", "Unreadable", "")]
    public async Task A_file_that_cannot_be_read_is_told_by_what_stands_there(string what, string fault, string reason)
    {
        var path = what switch
        {
            "nothing" => _folder.GetPath("none"),
            "no folder" => _folder.GetPath("none/file"),
            "a folder" => _folder.Path,
            "too much" => _folder.Write("file", new byte[CredentialFile.MaximumBytes + 1]),
            "an endless device" => "/dev/zero",
            _ => "",
        };
        Assert.SkipUnless(what != "an endless device" || File.Exists(path), "This platform has no /dev/zero.");

        var now = Assert.Throws<JwtGrantException>(() => CredentialFile.Read(path, Error)).Message;
        var later = (await Assert.ThrowsAsync<JwtGrantException>(
            () => CredentialFile.ReadAsync(path, Error, TestContext.Current.CancellationToken).AsTask())).Message;

        Assert.StartsWith($"{fault}: {reason}", now, StringComparison.Ordinal);
        Assert.Equal(now, later);
    }

    [Fact]
    public void The_length_of_a_file_that_is_too_large_is_told_where_the_file_has_one()
    {
        long? seen = null;
        JwtGrantException Observe(CredentialFileProblem problem)
        {
            seen = problem.Length;
            return Error(problem);
        }

        Assert.Throws<JwtGrantException>(() => CredentialFile.Read(_folder.Write("file", new byte[70_000]), Observe));

        Assert.Equal(70_000, seen);
    }

    private static JwtGrantException Error(CredentialFileProblem problem) =>
        JwtGrantException.Configuration("test_problem", $"{problem.Fault}: {problem.Reason}");
}
