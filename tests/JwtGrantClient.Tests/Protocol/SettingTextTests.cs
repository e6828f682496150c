using System.Security.Cryptography;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Protocol;

public sealed class SettingTextTests
{
    public static TheoryData<string> Paths =>
    [
        "keys/batch.pem", "/nowhere/batch.pem", @"C:\Users\runneradmin\AppData\Local\Temp\key.pem", "batch.pem", "id_rsa", "token", "/var/run/secrets/tokens/reports",
        "/var/run/secrets/eks.amazonaws.com/serviceaccount/token", "./keys/2026-11/signing-key.p12", "~/.config/reports/client_secret.txt", "$HOME/key.pem",
        "/var/lib/kubelet/pods/0f3c9a4e-61f5-4d4b-9a4c-3d5f0d2e9b7a/volumes/token", "/mnt/reports-7d9f8b6c5d-x2x7k/key.pem", "/tmp/jwtgrant-k2v0r1qx.3fz/key",
        "Größe/Schlüssel.pem", "/srv/JwtGrantClient.Tests/bin/Debug/net10.0/key.json", "batch worker key.pem",
    ];

    public static TheoryData<string> Variables =>
        ["JWTGRANT_CLIENT_SECRET", "JWTGRANT_NOT_SET", "ReportsClientSecret", "SigningKey", "KEY2026", "MyApp__JwtGrant__Secret", "APP_KEY_2026_11"];

    public static TheoryData<string, string> Urls => new()
    {
        { "http://as.example.com/token", "'http://as.example.com/token'" },
        { "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0", "'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0'" },
        { "as.example.com/token", "'as.example.com/token'" },
        { "as.example.com", "'as.example.com'" },
        { "https://as.example.com/token#top", "'https://as.example.com/token#top'" },
        { "https://as.example.com/token?tenant=reports", "'https://as.example.com/token?...'" },
        { "https://batch:hunter2@as.example.com/token", "'https://as.example.com/token'" },
        { "https://as.example.com/sOi8mcjoM5kzXbYw7rWt/token", "'https://as.example.com/...'" },
        { "https://sOi8mcjoM5kzXbYw7rWt.example.com", "(a text of 40 characters, not shown)" },
        { "urn:example:api#top", "'urn:example:api#top'" },
        { "no url", "'no url'" },
        { "correct horse battery", "(a text of 21 characters, not shown)" },
    };

    public static TheoryData<string> Names =>
    [
        "2026-11", "batch-worker", "read write", "openid profile https://graph.microsoft.com/.default", "api://72f988bf-86f1-41af-91ab-2d7cd011db47/.default",
        "CN=batch, O=Example", "client-authentication+jwt", "urn:ietf:params:oauth:token-type:access_token", "reports.read invoices.write",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_path_is_quoted(string path) => Assert.Equal($"'{path}'", SettingText.QuotePath(path));

    [Theory]
    [MemberData(nameof(Variables))]
    public void The_name_of_a_variable_is_quoted(string name) => Assert.Equal($"'{name}'", SettingText.QuoteVariable(name));

    [Theory]
    [MemberData(nameof(Urls))]
    public void A_URL_is_quoted_without_what_may_be_secret(string url, string quoted) => Assert.Equal(quoted, SettingText.QuoteUrl(url));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_is_quoted(string name) => Assert.Equal($"'{name}'", SettingText.Quote(name));

    [Fact]
    public void Keys_and_tokens_are_described_by_kind_and_length()
    {
        var pem = TestData.RsaPrivatePem;
        var jwk = Keys.PrivateJwk(Keys.P256).ToJsonString();

        Assert.Equal($"(a PEM document of {pem.Length / 1000},{pem.Length % 1000:000} characters, not shown)", SettingText.QuotePath(pem));
        Assert.Equal($"(a PEM document of {pem.Length / 1000},{pem.Length % 1000:000} characters, not shown)", SettingText.QuoteUrl(pem));
        Assert.Equal($"(a JWK of {jwk.Length} characters, not shown)", SettingText.Quote(jwk));
        Assert.Equal("(a service account in JSON of 26 characters, not shown)", SettingText.QuoteVariable("""{"private_key":"not real"}"""));
        Assert.Equal("(a JSON document of 9 characters, not shown)", SettingText.QuotePath("""{"a": 12}"""));
        Assert.Equal("(a JWT of 34 characters, not shown)", SettingText.QuoteChoice("eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.x-"));
        Assert.StartsWith("(a key in base64 of ", SettingText.QuotePath(Convert.ToBase64String(Keys.P256.ExportPkcs8PrivateKey())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct horse battery staple"), InlineData("wOrDs/aB9x/Q2mZ/k7Lp/T4vX/n8Rc/J3hY"), InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301"), InlineData("P@ss/w0rd!2026"), InlineData("line\nbreak/a.pem")]
    public void A_value_that_is_no_path_is_described(string value) =>
        Assert.Equal($"(a text of {value.Length} characters, not shown)", SettingText.QuotePath(value));

    /// <summary>The forms in which servers and tools generate client secrets and passwords.</summary>
    [Fact]
    public void Generated_secrets_are_quoted_nowhere()
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var shown = new List<string>();
        for (var i = 0; i < 2000; i++)
        {
            // Random, but the same in each run.
            var bytes = SHA256.HashData(BitConverter.GetBytes(i));
            string[] secrets =
            [
                Convert.ToBase64String(bytes), Keys.EncodeBase64Url(bytes), Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes[..16]),
                Choose(bytes, Letters), Choose(SHA512.HashData(bytes)[..40], $"{Letters}-_~."), Choose(bytes, Letters[26..]), new Guid(bytes[..16]).ToString(),
            ];
            foreach (var secret in secrets)
                foreach (var quoted in new[] { SettingText.QuotePath(secret), SettingText.QuoteVariable(secret), SettingText.QuoteUrl(secret), SettingText.Quote(secret), SettingText.QuoteChoice(secret) })
                    if (quoted.Contains(secret, StringComparison.Ordinal))
                        shown.Add(quoted);
        }

        // A few have the mix of characters of words, all of them in lower case.
        Assert.True(shown.Count <= 20, $"{shown.Count}\n{string.Join('\n', shown)}");

        static string Choose(byte[] bytes, string alphabet) => string.Concat(bytes.Select(value => alphabet[value % alphabet.Length]));
    }
}
