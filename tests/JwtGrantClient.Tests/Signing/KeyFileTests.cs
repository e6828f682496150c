using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Key files that cannot be read.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_key_file_is_reported_with_its_path()
    {
        var missing = _folder.GetPath("missing.pem");

        KeyLoaderAssert.Throws(new() { Path = missing }, "signing_key_unreadable",
            $"The key file '{missing}' does not exist (full path: '{missing}'). Create the file, or correct SigningKey:Path.");
    }

    [Fact]
    public void A_directory_in_place_of_the_key_file_is_reported() => KeyLoaderAssert.Throws(new() { Path = _folder.Path }, "signing_key_unreadable",
        $"The key file '{_folder.Path}' is a directory. Specify the file in it.");

    [Fact]
    public void A_key_file_over_64_KiB_is_rejected_whatever_length_it_reports()
    {
        var large = _folder.Write("large.pem", new string('x', 65_537));

        KeyLoaderAssert.Throws(new() { Path = large }, "signing_key_unreadable",
            $"The key file '{large}' has more than 65536 bytes, the limit for a key file. Check that it is the right file.");
        if (File.Exists("/dev/zero"))
            KeyLoaderAssert.Throws(new() { Path = "/dev/zero" }, "signing_key_unreadable",
                "The key file '/dev/zero' has more than 65536 bytes, the limit for a key file. Check that it is the right file.");
    }

    [Fact]
    public void A_key_file_that_cannot_be_opened_is_reported()
    {
        // Root can read every file, so the path itself is invalid here: one of its folders is a file.
        var path = Path.Combine(_folder.Write("file", "x"), "key.pem");

        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Path = path }));

        Assert.Equal("signing_key_unreadable", error.Code);
        Assert.StartsWith($"The key file '{path}' ", error.Message, StringComparison.Ordinal);
    }
}
