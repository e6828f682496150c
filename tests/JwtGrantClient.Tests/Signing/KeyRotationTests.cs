using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

/// <summary>A key that changes on disk signs the next assertion. The file is checked at most every five seconds.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_key_file_replaced_by_rename_is_used_with_its_kid()
    {
        var path = _folder.Write("key.json", Jwk("old", out var old));
        var factory = Factory(new() { Path = path });
        await AssertSignedByAsync(factory, "old", old);

        File.Move(_folder.Write("key.json.new", Jwk("new", out var next)), path, overwrite: true);
        _clock.Advance(ReloadingSigner.CheckInterval);

        await AssertSignedByAsync(factory, "new", next);
        Assert.Single(_log.All, line => line.Contains($"Loaded a new key from the key file '{path}': ES256 and the key 'new, thumbprint {PublicJwk.ComputeThumbprint(next)}' replace the key 'old, thumbprint {PublicJwk.ComputeThumbprint(old)}'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_behind_a_swapped_symbolic_link_is_used()
    {
        // Kubernetes mounts a secret like this: key.json -> ..data/key.json and ..data -> ..1. An update points ..data to ..2.
        foreach (var version in new[] { "..1", "..2" })
            Directory.CreateDirectory(_folder.GetPath(version));
        _folder.Write("..1/key.json", Jwk("old", out var old));
        _folder.Write("..2/key.json", Jwk("new", out var next));
        Directory.CreateSymbolicLink(_folder.GetPath("..data"), "..1");
        File.CreateSymbolicLink(_folder.GetPath("key.json"), Path.Combine("..data", "key.json"));
        var factory = Factory(new() { Path = _folder.GetPath("key.json") });
        await AssertSignedByAsync(factory, "old", old);

        Directory.Delete(_folder.GetPath("..data"));
        Directory.CreateSymbolicLink(_folder.GetPath("..data"), "..2");
        _clock.Advance(ReloadingSigner.CheckInterval);

        await AssertSignedByAsync(factory, "new", next);
    }

    [Fact]
    public async Task A_new_key_with_the_same_length_and_timestamp_is_used()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var time = File.GetLastWriteTimeUtc(path);
        var factory = Factory(new() { Path = path });
        using var next = Keys.Ec("nistP256");

        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(path, time);
        _clock.Advance(ReloadingSigner.CheckInterval);

        await AssertSignedByAsync(factory, null, next);
    }

    [Fact]
    public async Task The_key_file_is_checked_at_most_every_five_seconds()
    {
        var path = _folder.Write("key.json", Jwk("old", out var old));
        var factory = Factory(new() { Path = path });
        _folder.Write("key.json", Jwk("new", out var next));

        _clock.Advance(ReloadingSigner.CheckInterval - TimeSpan.FromTicks(1));
        await AssertSignedByAsync(factory, "old", old);

        _clock.Advance(TimeSpan.FromTicks(1));
        await AssertSignedByAsync(factory, "new", next);
    }

    [Fact]
    public async Task A_key_loaded_by_options_validation_is_not_parsed_again()
    {
        var options = new SigningKeyOptions { Path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem()) };
        options.Preload();
        _folder.Write("key.pem", "");

        await AssertSignedByAsync(Factory(options), null, Keys.P256);

        Assert.Null(options.TakePreloaded());
    }

    [Fact]
    public async Task A_key_that_changed_after_options_validation_signs_the_first_assertion()
    {
        var options = new SigningKeyOptions { Path = _folder.Write("key.json", Jwk("old", out _)) };
        options.Preload();
        _folder.Write("key.json", Jwk("new", out var next));

        await AssertSignedByAsync(Factory(options), "new", next);
    }

    public static TheoryData<string, string> BrokenKeyFiles => new()
    {
        { "half-written", "there is a PEM block that is not complete" },
        { "empty", "there is no content" },
        { "missing", "does not exist" },
        { "public key", "there is only a public key" },
        { "too small", "has 1024 bits" },
    };

    [Theory]
    [MemberData(nameof(BrokenKeyFiles))]
    public async Task The_last_good_key_stays_in_use_and_one_warning_is_logged(string kind, string problem)
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var factory = Factory(new() { Path = path, KeyId = TestData.KeyId });
        Break(path, kind);

        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(ReloadingSigner.CheckInterval);
            await AssertSignedByAsync(factory, TestData.KeyId, Keys.P256);
        }

        var line = Assert.Single(_log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains($"The signing key could not be reloaded; the last good key ('{TestData.KeyId}') stays in use", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);

        using var next = Keys.Ec("nistP256");
        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, TestData.KeyId, next);
    }

    [Fact]
    public async Task A_restored_key_is_used_and_a_second_failure_is_logged_again()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var factory = Factory(new() { Path = path });

        _folder.Write("key.pem", "");
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, null, Keys.P256);
        _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, null, Keys.P256);

        // The file breaks in the same way a second time, which is logged again.
        _folder.Write("key.pem", "");
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, null, Keys.P256);
        Assert.Equal(2, _log.All.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_new_key_with_a_new_password_is_used()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportEncryptedPkcs8PrivateKeyPem("one", Keys.Encryption));
        var factory = Factory(new() { Path = path, PasswordFile = _folder.Write("password", "one\n") });
        using var next = Keys.Ec("nistP256");

        // The key changes first. It cannot be opened until its password changes too.
        _folder.Write("key.pem", next.ExportEncryptedPkcs8PrivateKeyPem("two", Keys.Encryption));
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, null, Keys.P256);

        _folder.Write("password", "two\n");
        _clock.Advance(ReloadingSigner.CheckInterval);
        await AssertSignedByAsync(factory, null, next);
    }

    [Fact]
    public async Task The_key_file_is_checked_immediately_after_a_rejected_assertion()
    {
        var path = _folder.Write("key.json", Jwk("old", out _));
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        _folder.Write("key.json", Jwk("new", out _));

        signer.OnAssertionRejected();

        Assert.Equal("new", (await signer.GetCurrentAsync(TestContext.Current.CancellationToken)).KeyId);
    }

    [Fact]
    public async Task An_assertion_in_progress_is_signed_by_the_key_it_started_with()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        var signerAtStart = await signer.GetCurrentAsync(TestContext.Current.CancellationToken);
        using var next = Keys.Ec("nistP256");

        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.CheckInterval);
        Assert.NotSame(signerAtStart, await signer.GetCurrentAsync(TestContext.Current.CancellationToken));

        var signature = await signerAtStart.SignAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.True(Keys.P256.VerifyData(new byte[] { 1 }, signature.ToArray(), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Many_threads_sign_while_the_key_changes()
    {
        ECDsa[] keys = [.. Enumerable.Range(0, 4).Select(_ => Keys.Ec("nistP256"))];
        var path = _folder.Write("key.json", Keys.PrivateJwk(keys[0]).With("kid", "0").ToJsonString());
        var factory = Factory(new() { Path = path });
        using var done = new CancellationTokenSource();
        var signing = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50 || !done.IsCancellationRequested; i++)
            {
                var jwt = Jwt.Parse((await factory.ProvideAsync(new(), TestContext.Current.CancellationToken)).Value);
                var key = keys[int.Parse(jwt.Header.GetProperty("kid").GetString()!, System.Globalization.CultureInfo.InvariantCulture)];
                Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
            }
        })).ToList();

        for (var i = 1; i < keys.Length; i++)
        {
            File.Move(_folder.Write("new", Keys.PrivateJwk(keys[i]).With("kid", $"{i}").ToJsonString()), path, overwrite: true);
            _clock.Advance(ReloadingSigner.CheckInterval);
            await SignAsync(factory);
        }
        await done.CancelAsync();

        await Task.WhenAll(signing);
    }

    [Fact]
    public async Task Replaced_keys_can_be_garbage_collected()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        List<WeakReference> replaced = [];

        for (var i = 0; i < 20; i++)
            replaced.Add(await ReplaceAsync(signer));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.True(replaced.Count(old => old.IsAlive) <= 1, $"{replaced.Count(old => old.IsAlive)} of 20 replaced keys are still in memory.");
    }

    private async Task<WeakReference> ReplaceAsync(IJwtSigner signer)
    {
        var old = new WeakReference(await signer.GetCurrentAsync(TestContext.Current.CancellationToken));
        using var next = Keys.Ec("nistP256");
        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.CheckInterval);
        await signer.GetCurrentAsync(TestContext.Current.CancellationToken);
        return old;
    }

    private AssertionFactory Factory(SigningKeyOptions options) => new(
        new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
        SigningKeyLoader.Open(options, _clock, _log), _clock, new(RandomNumberGenerator.Fill));

    private static string Jwk(string keyId, out ECDsa key)
    {
        key = Keys.Ec("nistP256");
        return Keys.PrivateJwk(key).With("kid", keyId).ToJsonString();
    }

    private void Break(string path, string kind)
    {
        using var small = RSA.Create(1024);
        if (kind == "missing")
            File.Delete(path);
        else
            _folder.Write("key.pem", kind switch
            {
                "half-written" => TestData.RsaPrivatePem[..900],
                "empty" => "",
                "public key" => TestData.RsaPublicPem,
                _ => small.ExportPkcs8PrivateKeyPem(),
            });
    }

    private static async Task SignAsync(AssertionFactory factory) => await factory.ProvideAsync(new(), TestContext.Current.CancellationToken);

    private static async Task AssertSignedByAsync(AssertionFactory factory, string? keyId, ECDsa key)
    {
        var jwt = Jwt.Parse((await factory.ProvideAsync(new(), TestContext.Current.CancellationToken)).Value);

        Assert.Equal(keyId, jwt.Header.TryGetProperty("kid", out var kid) ? kid.GetString() : null);
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256), "The assertion was signed by another key.");
    }
}
