using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

/// <summary>A key that changes on disk is picked up at the next assertion, at most every five seconds.</summary>
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
    public async Task Takes_over_a_key_that_replaced_the_old_one_by_rename_with_its_kid()
    {
        var path = _folder.Write("key.json", Jwk("old", out var old));
        var factory = Factory(new() { Path = path });
        await SignedByAsync(factory, "old", old);

        File.Move(_folder.Write("key.json.new", Jwk("new", out var next)), path, overwrite: true);
        _clock.Advance(ReloadingSigner.LookInterval);

        await SignedByAsync(factory, "new", next);
        Assert.Single(_log.All, line => line.Contains($"In the key file '{path}' there is a new key: 'old' gives way to ES256 and 'new'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Takes_over_a_key_behind_a_swapped_symbolic_link()
    {
        // As Kubernetes mounts a secret: key.json -> ..data/key.json, ..data -> ..1, and the swap points ..data to ..2.
        foreach (var version in new[] { "..1", "..2" })
            Directory.CreateDirectory(_folder.GetPath(version));
        _folder.Write("..1/key.json", Jwk("old", out var old));
        _folder.Write("..2/key.json", Jwk("new", out var next));
        Directory.CreateSymbolicLink(_folder.GetPath("..data"), "..1");
        File.CreateSymbolicLink(_folder.GetPath("key.json"), Path.Combine("..data", "key.json"));
        var factory = Factory(new() { Path = _folder.GetPath("key.json") });
        await SignedByAsync(factory, "old", old);

        Directory.Delete(_folder.GetPath("..data"));
        Directory.CreateSymbolicLink(_folder.GetPath("..data"), "..2");
        _clock.Advance(ReloadingSigner.LookInterval);

        await SignedByAsync(factory, "new", next);
    }

    [Fact]
    public async Task Takes_over_a_key_of_the_same_length_and_time()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var time = File.GetLastWriteTimeUtc(path);
        var factory = Factory(new() { Path = path });
        using var next = Keys.Ec("nistP256");

        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(path, time);
        _clock.Advance(ReloadingSigner.LookInterval);

        await SignedByAsync(factory, null, next);
    }

    [Fact]
    public async Task Looks_no_more_than_every_five_seconds()
    {
        var path = _folder.Write("key.json", Jwk("old", out var old));
        var factory = Factory(new() { Path = path });
        _folder.Write("key.json", Jwk("new", out var next));

        _clock.Advance(ReloadingSigner.LookInterval - TimeSpan.FromTicks(1));
        await SignedByAsync(factory, "old", old);

        _clock.Advance(TimeSpan.FromTicks(1));
        await SignedByAsync(factory, "new", next);
    }

    [Fact]
    public async Task A_key_that_was_checked_with_the_settings_is_not_parsed_again()
    {
        var options = new SigningKeyOptions { Path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem()) };
        options.Check();
        _folder.Write("key.pem", "");

        await SignedByAsync(Factory(options), null, Keys.P256);

        Assert.Null(options.TakeChecked());
    }

    [Fact]
    public async Task A_key_that_came_after_the_check_signs_from_the_start()
    {
        var options = new SigningKeyOptions { Path = _folder.Write("key.json", Jwk("old", out _)) };
        options.Check();
        _folder.Write("key.json", Jwk("new", out var next));

        await SignedByAsync(Factory(options), "new", next);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "half-written", "a PEM block begins, but it is not whole" },
        { "empty", "there is nothing" },
        { "gone", "does not exist" },
        { "a public key", "there is only a public key" },
        { "too small", "has 1024 bits" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Keeps_the_last_good_key_and_says_so_once(string kind, string complaint)
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var factory = Factory(new() { Path = path, KeyId = TestData.KeyId });
        Break(path, kind);

        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(ReloadingSigner.LookInterval);
            await SignedByAsync(factory, TestData.KeyId, Keys.P256);
        }

        var line = Assert.Single(_log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains($"The signing key could not be renewed; the last good one ('{TestData.KeyId}') stays in use", line, StringComparison.Ordinal);
        Assert.Contains(complaint, line, StringComparison.Ordinal);

        using var next = Keys.Ec("nistP256");
        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, TestData.KeyId, next);
    }

    [Fact]
    public async Task Goes_back_to_a_key_that_returns_after_a_broken_one()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var factory = Factory(new() { Path = path });

        _folder.Write("key.pem", "");
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, null, Keys.P256);
        _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, null, Keys.P256);

        // It breaks again in the same way, and that is said again.
        _folder.Write("key.pem", "");
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, null, Keys.P256);
        Assert.Equal(2, _log.All.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Follows_a_key_and_its_password_that_change_together()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportEncryptedPkcs8PrivateKeyPem("one", Keys.Encryption));
        var factory = Factory(new() { Path = path, PasswordFile = _folder.Write("password", "one\n") });
        using var next = Keys.Ec("nistP256");

        // The key first: it stays shut until its password comes.
        _folder.Write("key.pem", next.ExportEncryptedPkcs8PrivateKeyPem("two", Keys.Encryption));
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, null, Keys.P256);

        _folder.Write("password", "two\n");
        _clock.Advance(ReloadingSigner.LookInterval);
        await SignedByAsync(factory, null, next);
    }

    [Fact]
    public async Task Looks_at_once_after_a_refusal()
    {
        var path = _folder.Write("key.json", Jwk("old", out _));
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        _folder.Write("key.json", Jwk("new", out _));

        signer.OnAssertionRejected();

        Assert.Equal("new", (await signer.GetCurrentAsync(TestContext.Current.CancellationToken)).KeyId);
    }

    [Fact]
    public async Task Lets_an_assertion_in_the_making_finish_with_the_key_it_began_with()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        var begun = await signer.GetCurrentAsync(TestContext.Current.CancellationToken);
        using var next = Keys.Ec("nistP256");

        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.LookInterval);
        Assert.NotSame(begun, await signer.GetCurrentAsync(TestContext.Current.CancellationToken));

        var signature = await begun.SignAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        Assert.True(Keys.P256.VerifyData(new byte[] { 1 }, signature.ToArray(), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Signs_on_many_threads_while_the_key_changes_under_them()
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
            _clock.Advance(ReloadingSigner.LookInterval);
            await SignedByAnyAsync(factory);
        }
        await done.CancelAsync();

        await Task.WhenAll(signing);
    }

    [Fact]
    public async Task Holds_on_to_no_key_that_was_replaced()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        var signer = SigningKeyLoader.Open(new() { Path = path }, _clock, _log);
        List<WeakReference> replaced = [];

        for (var i = 0; i < 20; i++)
            replaced.Add(await ReplaceAsync(signer));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.True(replaced.Count(old => old.IsAlive) <= 1, $"{replaced.Count(old => old.IsAlive)} of 20 replaced keys are still held.");
    }

    private async Task<WeakReference> ReplaceAsync(IJwtSigner signer)
    {
        var old = new WeakReference(await signer.GetCurrentAsync(TestContext.Current.CancellationToken));
        using var next = Keys.Ec("nistP256");
        _folder.Write("key.pem", next.ExportPkcs8PrivateKeyPem());
        _clock.Advance(ReloadingSigner.LookInterval);
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
        if (kind == "gone")
            File.Delete(path);
        else
            _folder.Write("key.pem", kind switch
            {
                "half-written" => TestData.RsaPrivatePem[..900],
                "empty" => "",
                "a public key" => TestData.RsaPublicPem,
                _ => small.ExportPkcs8PrivateKeyPem(),
            });
    }

    private static async Task SignedByAnyAsync(AssertionFactory factory) => await factory.ProvideAsync(new(), TestContext.Current.CancellationToken);

    private static async Task SignedByAsync(AssertionFactory factory, string? keyId, ECDsa key)
    {
        var jwt = Jwt.Parse((await factory.ProvideAsync(new(), TestContext.Current.CancellationToken)).Value);

        Assert.Equal(keyId, jwt.Header.TryGetProperty("kid", out var kid) ? kid.GetString() : null);
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256), "Another key signed.");
    }
}
