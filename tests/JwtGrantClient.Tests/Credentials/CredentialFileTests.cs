using System.Buffers;
using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Credentials;

public sealed class CredentialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0), InlineData(1), InlineData(CredentialFile.MaximumBytes)]
    public async Task A_file_of_up_to_64_KiB_is_read_completely(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var path = _folder.Write("file", content);

        Assert.Equal(content, CredentialFile.Read(path, Error));
        Assert.Equal(content, await CredentialFile.ReadAsync(path, Error, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(100), InlineData(CredentialFile.MaximumBytes), InlineData(CredentialFile.MaximumBytes + 1)]
    public void The_buffer_that_held_a_file_is_cleared(int length)
    {
        var path = _folder.Write("file", Enumerable.Repeat((byte)'S', length).ToArray());

        _ = Record.Exception(() => CredentialFile.Read(path, Error));

        // The pool of this thread hands out the buffer that it got back last.
        var buffer = ArrayPool<byte>.Shared.Rent(CredentialFile.MaximumBytes + 1);
        Assert.False(buffer.AsSpan().IndexOf("SSSS"u8) >= 0);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    [Theory]
    [InlineData("missing file", "Missing", "Could not find file")]
    [InlineData("missing folder", "Missing", "Could not find a part of the path")]
    [InlineData("directory", "Directory", "it is a directory")]
    [InlineData("too large", "TooLarge", "it has more than 65536 bytes")]
    [InlineData("endless device", "TooLarge", "it has more than 65536 bytes")]
    [InlineData("empty path", "Unreadable", "")]
    public async Task The_error_says_why_a_file_cannot_be_read(string kind, string fault, string reason)
    {
        var path = kind switch
        {
            "missing file" => _folder.GetPath("none"),
            "missing folder" => _folder.GetPath("none/file"),
            "directory" => _folder.Path,
            "too large" => _folder.Write("file", new byte[CredentialFile.MaximumBytes + 1]),
            "endless device" => "/dev/zero",
            _ => "",
        };
        Assert.SkipUnless(kind != "endless device" || File.Exists(path), "This platform has no /dev/zero.");

        var synchronous = Assert.Throws<JwtGrantException>(() => CredentialFile.Read(path, Error)).Message;
        var asynchronous = (await Assert.ThrowsAsync<JwtGrantException>(
            () => CredentialFile.ReadAsync(path, Error, TestContext.Current.CancellationToken).AsTask())).Message;

        Assert.StartsWith($"{fault}: {reason}", synchronous, StringComparison.Ordinal);
        Assert.Equal(synchronous, asynchronous);
    }

    [Fact]
    public void The_error_has_the_length_of_a_file_that_is_too_large()
    {
        long? reported = null;
        JwtGrantException Observe(CredentialFileProblem problem)
        {
            reported = problem.Length;
            return Error(problem);
        }

        Assert.Throws<JwtGrantException>(() => CredentialFile.Read(_folder.Write("file", new byte[70_000]), Observe));

        Assert.Equal(70_000, reported);
    }

    private static JwtGrantException Error(CredentialFileProblem problem) =>
        JwtGrantException.Configuration("test_problem", $"{problem.Fault}: {problem.Reason}");
}
