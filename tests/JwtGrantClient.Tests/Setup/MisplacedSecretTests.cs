using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

/// <summary>
/// A key, a token or a password in the wrong setting does not appear in the error that it causes, in a log at any level, or in the text or JSON of the
/// objects involved. The settings are found by reflection, so that a new one is tested, too.
/// </summary>
public sealed class MisplacedSecretTests : IDisposable
{
    private const int LongestAllowed = 11;

    private static readonly string KeyText = Keys.P256.ExportPkcs8PrivateKeyPem();

    private static readonly string ServiceAccount = JsonSerializer.Serialize(new { type = "service_account", private_key_id = "0123", private_key = TestData.RsaPrivatePem });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Secrets by their kind: what is placed into a setting, and the part of it that is secret.</summary>
    private static Dictionary<string, (string Text, string Secret)> Secrets { get; } = new()
    {
        ["PEM"] = (TestData.RsaPrivatePem, Body(TestData.RsaPrivatePem)),
        ["PEM on one line"] = (TestData.RsaPrivatePem.ReplaceLineEndings("\\n"), Body(TestData.RsaPrivatePem)),
        ["PEM without header"] = (Body(TestData.RsaPrivatePem), Body(TestData.RsaPrivatePem)),
        ["JWK"] = (Keys.PrivateJwk(Keys.P256).ToJsonString(), Keys.PrivateJwk(Keys.P256)["d"]!.GetValue<string>()),
        ["PKCS#12"] = Twice(Convert.ToBase64String(Keys.CertificateFor(Keys.P256).Export(X509ContentType.Pkcs12))),
        ["service account"] = (ServiceAccount, Body(TestData.RsaPrivatePem)),
        ["JWT"] = Twice(CreateJwt()),
        ["client secret"] = Twice("kZ8Q~w3Xn7Rt.Vb2Ym5Lp9Jd4Hs6Gf1Cq0Ae-Tu"),
        ["client secret in base64"] = Twice("q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq8M="),
        ["client secret in hexadecimal"] = Twice("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ["passphrase"] = Twice("correct horse battery staple"),
    };

    /// <summary>Clients, and the settings into which secrets are placed: for the first client all, for the others those that it reads in addition.</summary>
    private List<(string Settings, Dictionary<string, string?> Client)> Clients =>
    [
        ("", []),
        ("Assertion:", new() { ["SigningKey:Text"] = null, ["Assertion:TokenFile"] = _folder.Write("grant.jwt", CreateJwt()) }),
        ("SigningKey:", new() { ["SigningKey:Text"] = Keys.ToJwkSet(Keys.PrivateJwk(Keys.P256).With("kid", "a"), Keys.PrivateJwk(Keys.P256).With("kid", "b")) }),
        ("SigningKey:", new()
        {
            ["SigningKey:Text"] = Keys.P256.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption), ["SigningKey:Password"] = Keys.Password,
        }),
        ("SigningKey:", new() { ["SigningKey:Text"] = null, ["SigningKey:Certificate:Subject"] = "CN=batch" }),
        ("Client", new() { ["Grant"] = "ClientCredentials", ["ClientAuthentication"] = "ClientSecretBasic", ["ClientSecret"] = "not a marker" }),
        ("ClientSecret", new() { ["Grant"] = "ClientCredentials", ["ClientAuthentication"] = "ClientSecretBasic" }),
        ("ClientAssertion:", new()
        {
            ["Grant"] = "ClientCredentials", ["ClientAuthentication"] = "PrivateKeyJwt", ["ClientAssertion:SigningKey:Text"] = KeyText,
        }),
        ("ClientAssertion:", new()
        {
            ["Grant"] = "ClientCredentials", ["ClientAuthentication"] = "PrivateKeyJwt", ["ClientAssertion:TokenFile"] = _folder.Write("client.jwt", CreateJwt()),
        }),
        ("TokenExchange:", new()
        {
            ["Grant"] = "TokenExchange", ["TokenExchange:SubjectTokenFile"] = _folder.Write("subject.jwt", CreateJwt()),
            ["TokenExchange:ActorTokenFile"] = _folder.Write("actor.jwt", CreateJwt()),
        }),
        ("ClientCertificate:", new()
        {
            ["Grant"] = "ClientCredentials", ["ClientAuthentication"] = "MutualTls", ["ClientCertificate:Path"] = _folder.Write(
                "tls.p12", Keys.CertificateFor(Keys.P256).Export(X509ContentType.Pkcs12, Keys.Password)),
            ["ClientCertificate:Password"] = Keys.Password, ["TokenEndpoint"] = "https://127.0.0.1:1/token",
        }),
        ("DPoP:", new() { ["DPoP:Enabled"] = "true", ["DPoP:SigningKey:Text"] = KeyText }),
    ];

    public static TheoryData<string> Kinds => [.. Secrets.Keys];

    public static TheoryData<string> Places => [.. TextSettings(typeof(JwtGrantOptions))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_secret_in_any_setting_of_any_client_is_not_printed(string kind)
    {
        var (text, secret) = Secrets[kind];
        var printed = new List<string>();
        var errors = 0;
        foreach (var (prefix, client) in Clients)
            foreach (var setting in AllSettings(typeof(JwtGrantOptions)).Where(setting => setting.StartsWith(prefix, StringComparison.Ordinal)))
            {
                var outcome = await UseAsync(client, setting, text);
                errors += outcome.Error is null ? 0 : 1;
                if (LongestCommonRun(secret, outcome.Printed) is { Length: > LongestAllowed } run)
                    printed.Add($"{prefix} {setting}: {run}");
            }

        Assert.Empty(printed);
        // Otherwise the search above would prove nothing.
        Assert.True(errors > 100, $"{errors} errors");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_private_key_in_the_wrong_setting_is_refused_with_advice(string setting)
    {
        var (error, _) = await UseAsync([], setting, TestData.RsaPrivatePem);

        Assert.Equal("settings_invalid", error!.Code);
        Assert.Contains($"{setting.Replace(":0", "", StringComparison.Ordinal)} is a PEM document of 1,", error.Message, StringComparison.Ordinal);
        Assert.Matches("This looks like a key. Put it into (ClientAssertion:|DPoP:)?SigningKey:Text|set (ClientCertificate:Path|TrustedCertificates) to its path", error.Message);
    }

    [Theory]
    [InlineData("Assertion:TokenFile"), InlineData("ClientAssertion:TokenFile"), InlineData("TokenExchange:SubjectTokenFile")]
    public async Task A_JWT_in_place_of_the_path_of_its_file_is_refused_with_advice(string setting)
    {
        var jwt = CreateJwt();

        var (error, _) = await UseAsync([], setting, jwt);

        Assert.Contains(
            $"{setting} is a JWT of {jwt.Length} characters; expected the path of a file. Write the JWT to a file, and set the path of that file.",
            error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SigningKey:Path", "The key file (a text of 28 characters, not shown) cannot be read: it does not exist. SigningKey:Path is the path of a file. If its value is the key itself, set SigningKey:Text instead.")]
    [InlineData("SigningKey:PasswordFile", "If its value is the password itself, set SigningKey:Password instead.")]
    [InlineData("SigningKey:EnvironmentVariable", "The environment variable (a text of 28 characters, not shown) is not set. SigningKey:EnvironmentVariable names the variable that contains the key; if its value is the key itself, set SigningKey:Text instead.")]
    public async Task A_password_in_place_of_a_path_gets_advice(string setting, string expected)
    {
        var (error, _) = await UseAsync([], setting, "correct horse battery staple");

        Assert.Contains(expected, error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_secret_in_the_wrong_setting_is_not_serialized(string kind)
    {
        var (text, secret) = Secrets[kind];
        // A generated id cannot be told from a generated secret, so only settings for paths, variables and URLs leave it out.
        var isDocument = SecretKind.Describe(text) is not null;
        var written = new List<string>();
        foreach (var setting in TextSettings(typeof(JwtGrantOptions)).Where(setting => isDocument ? !setting.EndsWith(":0", StringComparison.Ordinal) : IsPlace(setting)))
        {
            var options = new JwtGrantOptions();
            new ConfigurationBuilder().AddInMemoryCollection([new(setting, text)]).Build().Bind(options);
            if (LongestCommonRun(secret, JsonSerializer.Serialize(options)) is { Length: > LongestAllowed } run)
                written.Add($"{setting}: {run}");
        }

        Assert.Empty(written);

        static bool IsPlace(string setting) =>
            setting.EndsWith("Path", StringComparison.Ordinal) || setting.EndsWith("File", StringComparison.Ordinal)
            || setting.EndsWith("Variable", StringComparison.Ordinal) || setting.EndsWith("Endpoint", StringComparison.Ordinal) || setting == "Issuer";
    }

    [Fact]
    public void Ordinary_settings_are_serialized_unchanged()
    {
        var options = new JwtGrantOptions
        {
            Issuer = "https://as.example.com/oauth2/aus1a2b3c4d5e6f7g8h9", ClientId = "0oa1b2c3d4e5f6g7h8i9", Scope = "read write",
            ClientSecretEnvironmentVariable = "REPORTS_SECRET", SigningKey = { Path = "keys/batch.pem", KeyId = "9f86d081884c7d659a2feaa0c55ad015" },
        };

        var read = JsonSerializer.Deserialize<JwtGrantOptions>(JsonSerializer.Serialize(options))!;

        Assert.Equal(
            (options.Issuer, options.ClientId, options.Scope, options.ClientSecretEnvironmentVariable, options.SigningKey.Path, options.SigningKey.KeyId),
            (read.Issuer, read.ClientId, read.Scope, read.ClientSecretEnvironmentVariable, read.SigningKey.Path, read.SigningKey.KeyId));
    }

    /// <summary>Creates a client, requests a token, and returns the error and everything that was printed.</summary>
    private static async Task<(JwtGrantException? Error, string Printed)> UseAsync(Dictionary<string, string?> client, string setting, string value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["TokenEndpoint"] = TestData.TokenEndpoint, ["ClientId"] = TestData.ClientId, ["SigningKey:Text"] = KeyText, ["Retry:MaxRetryAttempts"] = "0",
        };
        foreach (var (name, configured) in client)
            settings[name] = configured;
        // Exactly one place of a key is allowed.
        foreach (var place in new[] { "Path", "EnvironmentVariable", "Certificate:Thumbprint", "Certificate:Subject", "Certificate:StoreName", "Certificate:StoreLocation" })
            if (setting.EndsWith($"SigningKey:{place}", StringComparison.Ordinal))
                settings[setting.Replace(place, "Text", StringComparison.Ordinal)] = null;
        if (setting.EndsWith("Certificate:Thumbprint", StringComparison.Ordinal))
            settings[setting.Replace("Thumbprint", "Subject", StringComparison.Ordinal)] = null;
        settings[setting] = value;
        var log = new LogLines();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var builder = services.AddJwtGrantClient("reports", new ConfigurationBuilder().AddInMemoryCollection(settings.Where(pair => pair.Value is not null)).Build());
        // The built-in handler presents the certificate, and reads the certificates of CAs.
        if ((!settings.ContainsKey("ClientCertificate:Path") || setting == "ClientCertificate:Path") && setting != "TrustedCertificates")
            builder.UseTokenEndpointHandler(_ => new FakeTokenEndpoint().Handler);
        await using var provider = services.BuildServiceProvider();
        JwtGrantException? error = null;
        try
        {
            await provider.GetRequiredService<ITokenSourceProvider>().Get("reports").GetTokenAsync(TestContext.Current.CancellationToken);
        }
        catch (JwtGrantException e)
        {
            error = e;
        }
        return (error, string.Join('\n', [$"{error}", $"{error?.Error} {error?.ErrorDescription} {error?.ErrorUri}", .. log.All]));
    }

    /// <summary>Returns the longest run of characters of the secret that the text contains, if it is longer than allowed.</summary>
    private static string LongestCommonRun(string secret, string text)
    {
        for (var i = 0; i + LongestAllowed < secret.Length; i++)
            if (text.Contains(secret.Substring(i, LongestAllowed + 1), StringComparison.Ordinal))
                return secret.Substring(i, LongestAllowed + 1);
        return "";
    }

    /// <summary>The configuration keys of all settings.</summary>
    private static IEnumerable<string> AllSettings(Type options, string prefix = "") =>
        from property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let key = prefix + property.Name
        let type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
        from setting in type == typeof(IList<string>) ? [$"{key}:0"]
            : type == typeof(IDictionary<string, string>) || type == typeof(IDictionary<string, object>) ? [$"{key}:name"]
            : type.IsClass && type != typeof(string) ? AllSettings(type, $"{key}:")
            : [key]
        select setting;

    /// <summary>The settings that contain text and are not for secrets.</summary>
    private static IEnumerable<string> TextSettings(Type options, string prefix = "") =>
        from property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let key = prefix + property.Name
        where property.Name is not ("Text" or "Password" or "ClientSecret")
        from setting in property.PropertyType == typeof(string) ? [key]
            : property.PropertyType == typeof(IList<string>) ? [$"{key}:0"]
            : typeof(IDictionary<string, string>) == property.PropertyType || typeof(IDictionary<string, object>) == property.PropertyType ? [$"{key}:name"]
            : property.PropertyType.IsClass ? TextSettings(property.PropertyType, $"{key}:")
            : Array.Empty<string>()
        select setting;

    private static string Body(string pem) =>
        pem.ReplaceLineEndings("").Replace("-----BEGIN PRIVATE KEY-----", "", StringComparison.Ordinal).Replace("-----END PRIVATE KEY-----", "", StringComparison.Ordinal);

    private static (string Text, string Secret) Twice(string secret) => (secret, secret);

    private static string CreateJwt()
    {
        var claims = JsonSerializer.SerializeToUtf8Bytes(new { sub = "reports", exp = 4102444800 });
        var input = $"{Keys.EncodeBase64Url("""{"alg":"ES256"}"""u8.ToArray())}.{Keys.EncodeBase64Url(claims)}";
        return $"{input}.{Keys.EncodeBase64Url(Keys.P256.SignData(System.Text.Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }
}
