using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>What stands where the file should be.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Says_that_nothing_is_there()
    {
        var missing = _folder.GetPath("missing.pem");

        KeyLoaderAssert.Throws(new() { Path = missing }, "signing_key_unreadable",
            $"The key file '{missing}' does not exist (looked for it as '{missing}'). Put it there, or correct SigningKey:Path.");
    }

    [Fact]
    public void Says_that_a_directory_is_there() => KeyLoaderAssert.Throws(new() { Path = _folder.Path }, "signing_key_unreadable",
        $"The key file '{_folder.Path}' is a directory. Name the file in it.");

    [Fact]
    public void Reads_64_KiB_at_most_whatever_length_the_file_claims()
    {
        var large = _folder.Write("large.pem", new string('x', 65_537));

        KeyLoaderAssert.Throws(new() { Path = large }, "signing_key_unreadable",
            $"The key file '{large}' has more than 65536 bytes, which no key file has. Is it the right file?");
        if (File.Exists("/dev/zero"))
            KeyLoaderAssert.Throws(new() { Path = "/dev/zero" }, "signing_key_unreadable",
                "The key file '/dev/zero' has more than 65536 bytes, which no key file has. Is it the right file?");
    }

    [Fact]
    public void Says_that_it_may_not_read_it()
    {
        // Root may read any file, so what refuses here is a file that no one can: a component of the path is a file.
        var path = Path.Combine(_folder.Write("file", "x"), "key.pem");

        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Path = path }));

        Assert.Equal("signing_key_unreadable", error.Code);
        Assert.StartsWith($"The key file '{path}' ", error.Message, StringComparison.Ordinal);
    }
}
