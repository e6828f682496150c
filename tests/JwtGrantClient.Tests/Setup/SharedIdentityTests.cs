using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Caching;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Setup;

/// <summary>
/// Each setting either changes the key of the shared store, or has a reason why it does not. The settings are found by reflection, so that a setting that
/// is added later needs a decision.
/// </summary>
public sealed class SharedIdentityTests : IDisposable
{
    private const string KeyOfClient = "it is a key or a secret, which a rotation replaces while the identity stays the same";
    private const string OnlyTiming = "it determines when requests are sent, not what they request";
    private const string PartOfBinding = "it determines the DPoP key or the certificate, whose thumbprint is part of the cache key";

    /// <summary>A setting, or a section that ends with a colon, and the reason why it does not change the key.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["RevocationEndpoint"] = "it has no effect on token requests",
        ["RevokeOnDispose"] = "it has no effect on token requests",
        ["TokenEndpointOrigins"] = "it permits endpoints, which are part of the key themselves",
        ["AllowLoopbackHttp"] = "it permits endpoints, which are part of the key themselves",
        ["Assertion:AllowLongLifetime"] = "it permits a lifetime, which is part of the key itself",
        ["ClientAssertion:AllowLongLifetime"] = "it permits a lifetime, which is part of the key itself",
        ["TrustedCertificates"] = "it determines which servers are trusted, not whose tokens they issue",
        ["ClientSecret"] = KeyOfClient,
        ["ClientSecretEnvironmentVariable"] = KeyOfClient,
        ["ClientSecretFile"] = KeyOfClient,
        ["SigningKey:"] = KeyOfClient,
        ["ClientAssertion:SigningKey:"] = KeyOfClient,
        ["Assertion:FromRequest"] = "the token request is part of the key, with a hash of its tokens",
        ["TokenExchange:SubjectTokenFromRequest"] = "the token request is part of the key, with a hash of its tokens",
        ["RequestEncoding"] = "it determines how a token request is written, not what it requests",
        ["InputReuse"] = "it determines how often a token of another client is acquired, not whose it is",
        ["Provider"] = "its defaults are settings themselves",
        ["UserAgent"] = "it names the software, not the client",
        ["ClockCorrection"] = "it only changes the times of assertions",
        ["MaxMembersSize"] = "it only drops members of a response",
        ["Refresh:"] = OnlyTiming,
        ["Retry:"] = OnlyTiming,
        ["EndpointLimits:"] = OnlyTiming,
        ["Backoff:"] = OnlyTiming,
        ["Cache:MaxEntries"] = OnlyTiming,
        ["Cache:IdleTime"] = OnlyTiming,
        ["Cache:StoreTimeout"] = OnlyTiming,
        ["DPoP:SigningKey:"] = PartOfBinding,
        ["ClientCertificate:"] = PartOfBinding,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Settings => [.. LeavesOf(typeof(JwtGrantOptions), "")];

    public static TheoryData<string> TokenFileSettings =>
        ["Assertion:TokenFile", "ClientAssertion:TokenFile", "TokenExchange:SubjectTokenFile", "TokenExchange:ActorTokenFile"];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Each_setting_changes_the_key_or_has_a_reason(string setting)
    {
        var unchanged = await ComputeKeyAsync(new());
        var options = new JwtGrantOptions();
        Change(options, setting);
        var changed = await ComputeKeyAsync(options);

        if (ReasonFor(setting) is null)
            Assert.NotEqual(unchanged, changed);
        else
            Assert.Equal(unchanged, changed);
    }

    [Fact]
    public void Each_reason_belongs_to_a_setting() =>
        Assert.All(Reasons.Keys, name => Assert.Contains(Settings, setting => IsFor(name, setting.Data)));

    [Fact]
    public async Task Another_DPoP_key_and_another_certificate_change_the_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Keys.CertificateFor(key);
        using var other = Keys.CertificateFor(key, "CN=other");
        List<JwtGrantOptions> all =
        [
            new(),
            new() { DPoP = { Enabled = true, SigningKey = { Text = Keys.P256.ExportPkcs8PrivateKeyPem() } } },
            new() { DPoP = { Enabled = true, SigningKey = { Text = key.ExportPkcs8PrivateKeyPem() } } },
            new() { ClientCertificate = new() { Path = _folder.Write("one.p12", certificate.Export(X509ContentType.Pkcs12)) } },
            new() { ClientCertificate = new() { Path = _folder.Write("two.p12", other.Export(X509ContentType.Pkcs12)) } },
        ];

        var keys = new HashSet<string?>();
        foreach (var options in all)
            keys.Add(await ComputeKeyAsync(options, withKeys: true));

        Assert.Equal(all.Count, keys.Count);
    }

    [Theory]
    [MemberData(nameof(TokenFileSettings))]
    public async Task A_token_file_counts_by_whose_token_it_contains(string setting)
    {
        async Task<string?> KeyForAsync(string file, string claims)
        {
            var options = new JwtGrantOptions();
            SetValue(options, setting, _folder.Write(file, Jwt.CreateFake(claims)));
            return await ComputeKeyAsync(options);
        }

        var key = await KeyForAsync("one.jwt", """{"iss":"https://idp.example.com","sub":"admin","aud":"as","exp":4102444800,"jti":"1"}""");
        string?[] others =
        [
            await KeyForAsync("one.jwt", """{"iss":"https://idp.example.com","sub":"guest","aud":"as","exp":4102444800,"jti":"1"}"""),
            await KeyForAsync("one.jwt", """{"iss":"https://other.example.com","sub":"admin","aud":"as","exp":4102444800,"jti":"1"}"""),
            await KeyForAsync("one.jwt", """{"sub":"admin","aud":"as","exp":4102444800,"jti":"1"}"""),
            await KeyForAsync("one.jwt", """{"iss":"https://idp.example.com","sub":"admin","aud":"another","exp":4102444800,"jti":"1"}"""),
            await KeyForAsync("one.jwt", """{"iss":"https://idp.example.com","sub":"admin","aud":"as","azp":"app","exp":4102444800,"jti":"1"}"""),
        ];

        Assert.Equal(others.Length + 1, others.Append(key).OfType<string>().Distinct().Count());
        // The next token of the same identity, in another place.
        Assert.Equal(key, await KeyForAsync("two.jwt", """{"jti":"2","exp":4102448400,"aud":"as","sub":"admin","iss":"https://idp.example.com","pod":"b"}"""));
    }

    [Theory]
    [InlineData("""{"iss":"https://idp.example.com","exp":4102444800}""")]
    [InlineData("""{"iss":"https://idp.example.com","sub":"guest","sub":"admin","exp":4102444800}""")]
    public async Task A_token_file_whose_owner_is_not_known_is_not_shared(string claims)
    {
        var options = new JwtGrantOptions { Assertion = { TokenFile = _folder.Write("unclear.jwt", Jwt.CreateFake(claims)) } };
        var missing = new JwtGrantOptions { Assertion = { TokenFile = _folder.GetPath("missing.jwt") } };

        Assert.Null(await ComputeKeyAsync(missing));
        Assert.Null(await ComputeKeyAsync(options));
    }

    [Fact]
    public async Task The_same_identity_in_different_files_has_different_keys()
    {
        var path = _folder.Write("one.jwt", Jwt.CreateFake("""{"sub":"admin","exp":4102444800}"""));

        var keys = new HashSet<string?>();
        foreach (var setting in TokenFileSettings)
        {
            var options = new JwtGrantOptions();
            SetValue(options, setting.Data, path);
            keys.Add(await ComputeKeyAsync(options));
        }

        Assert.Equal(TokenFileSettings.Count, keys.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string?> ComputeKeyAsync(JwtGrantOptions options, bool withKeys = false)
    {
        var dependencies = new ClientDependencies();
        var keys = withKeys ? ClientKeys.Create(options, dependencies) : new ClientKeys(null, null, null, null, new(RandomNumberGenerator.Fill), new(dependencies.Time, mayCorrect: true));
        var identity = IdentityComposition.Create("reports", options, dependencies, keys);
        var tokenFiles = await identity.ReadTokenFilesAsync(TestContext.Current.CancellationToken);
        return tokenFiles is null ? null : SharedTokenKey.Compute(identity, tokenFiles.Claims, identity.BindingThumbprint(), TokenRequest.Default);
    }

    private static string? ReasonFor(string setting) => setting is "DPoP:Enabled" ? PartOfBinding
        : Reasons.FirstOrDefault(reason => IsFor(reason.Key, setting)).Value;

    private static bool IsFor(string name, string setting) =>
        name.EndsWith(':') ? setting.StartsWith(name, StringComparison.Ordinal) : setting == name;

    private void Change(JwtGrantOptions options, string setting) => SetValue(options, setting, setting.EndsWith("TokenFile", StringComparison.Ordinal)
        ? _folder.Write("token.jwt", Jwt.CreateFake("""{"iss":"https://idp.example.com","sub":"admin","exp":4102444800}"""))
        : setting == "AuthorizationDetails" ? """[{"type":"changed"}]"""
        : null);

    private static void SetValue(JwtGrantOptions options, string setting, object? value)
    {
        object owner = options;
        var names = setting.Split(':');
        foreach (var name in names[..^1])
        {
            var section = owner.GetType().GetProperty(name)!;
            if (section.GetValue(owner) is null)
                section.SetValue(owner, Activator.CreateInstance(section.PropertyType));
            owner = section.GetValue(owner)!;
        }
        var property = owner.GetType().GetProperty(names[^1])!;
        property.SetValue(owner, value ?? OtherValue(property.PropertyType, property.GetValue(owner)));
    }

    private static object OtherValue(Type type, object? value) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(string) => "changed",
        var t when t == typeof(bool) => !(bool)value!,
        var t when t == typeof(int) => (int)value! + 1,
        var t when t == typeof(double) => (double)value! / 2,
        var t when t == typeof(TimeSpan) => (value as TimeSpan? ?? TimeSpan.Zero) + TimeSpan.FromSeconds(1),
        var t when t == typeof(IList<string>) => new List<string> { "urn:changed" },
        var t when t == typeof(IDictionary<string, string>) => new Dictionary<string, string> { ["changed"] = "1" },
        var t when t == typeof(IDictionary<string, object>) => new Dictionary<string, object> { ["changed"] = "1" },
        var t when t.IsEnum => Enum.GetValues(t).Cast<object>().First(other => !other.Equals(value)),
        var t => throw new NotSupportedException($"Add a value of {t} here."),
    };

    private static IEnumerable<string> LeavesOf(Type type, string prefix) =>
        from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
        from leaf in property.PropertyType.IsClass && property.PropertyType.Namespace == nameof(JwtGrantClient)
            ? LeavesOf(property.PropertyType, $"{prefix}{property.Name}:")
            : [prefix + property.Name]
        select leaf;
}
