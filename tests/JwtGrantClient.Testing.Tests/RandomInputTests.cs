using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

#pragma warning disable CA5394 // The values are not secret, and a failure must be reproducible from its seed.
/// <summary>
/// Every request gets a 200 response or a refusal with a rule, never an exception or a 5xx status. The random generator is seeded, and a
/// failure shows the seed that reproduces it.
/// </summary>
public sealed class RandomInputTests
{
    private const int Rounds = 200;

    private static readonly string[] Pieces =
    [
        "grant_type", "assertion", "client_assertion", "client_assertion_type", "client_id", "client_secret", "scope", "resource", "code",
        "code_verifier",
        "redirect_uri", "=", "&", "%", "%00", "+", "%C3", ".", "..", "client_credentials", "authorization_code",
        Uri.EscapeDataString(TestData.JwtBearer),
        Uri.EscapeDataString(TestData.ClientAssertionType), "eyJhbGciOiJub25lIn0", "e30", "https://a", "#", "é", "\0", "batch-worker",
        "grant_type=client_credentials&",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-0", "1e999", "-1", "\"\"", "\"a\"", "[]", "[[]]", "{}", "[null]", "{\"a\":{}}", "\"\\u0000\"", "1795424520",
        "9223372036854775808",
        "1795424520.9999999999999999999999999", "\"https://as.example.com\"", "[\"https://as.example.com\"]", "\"batch-worker\"", "1E-400",
        "0.1e1",
    ];

    private static readonly string[] Members =
        ["iss", "sub", "aud", "iat", "exp", "nbf", "jti", "alg", "typ", "kid", "crit", "b64", "jwk", "zip", ""];

    private static readonly string[] XmlPieces =
    [
        "<saml:Subject>", "</saml:Subject>", "<saml:NameID>", "</saml:NameID>", "user-1", "saml:Conditions", "saml:Issuer", "Recipient=", "NotOnOrAfter=",
        "<SignedInfo>", "</SignedInfo>", "<Reference", "Algorithm=", "URI=\"#", "<DigestValue>", "</DigestValue>", "<SignatureValue>", "Version=\"2.0\"", "ID=",
        "xmlns:saml=", "xmlns=", "xml:id=", "<x/>", "<!-- -->", "<![CDATA[x]]>", "<?x y?>", "&#0;", "&#x10FFFF;", "\uFFFE", "&lt;", "\"\"", "2026", "9999", "Z\"",
        "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"#default xml x : \"/>", "xmldsig-more#", "sha256",
    ];

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Random_bytes_never_cause_a_server_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            await AssertAcceptedOrRefusedAsync(body, seed, round);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Random_forms_never_cause_a_server_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
            await AssertAcceptedOrRefusedAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(20))
                .Select(_ => Pick(random, Pieces)))), seed, round);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Validly_signed_JWTs_with_random_members_never_cause_a_server_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var jwt = new JwtBuilder();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var (name, value) = (Pick(random, Members), System.Text.Json.Nodes.JsonNode.Parse(Pick(random, Values)));
                _ = random.Next(2) == 0 ? jwt.WithClaim(name, value) : jwt.WithHeader(name, value);
            }
            await AssertAcceptedOrRefusedAsync(CreateForm(jwt.Compact(), random), seed, round);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task JWTs_with_changed_characters_never_cause_a_server_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
            await AssertAcceptedOrRefusedAsync(CreateForm(ChangeCharacters(new JwtBuilder().Compact(), random), random), seed, round);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task SAML_assertions_with_changed_characters_and_elements_never_cause_a_server_error(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var text = new SamlAssertionBuilder().ToXml();
            for (var i = random.Next(3); i > 0; i--)
                text = text.Replace(Pick(random, XmlPieces), random.Next(8) == 0 ? "" : Pick(random, XmlPieces), StringComparison.Ordinal);
            await AssertAcceptedOrRefusedAsync(CreateSamlForm(random.Next(4) == 0 ? ChangeCharacters(text, random) : text), seed, round);
        }
    }

    private static string ChangeCharacters(string text, Random random)
    {
        var changed = new StringBuilder(text);
        for (var i = random.Next(1, 5); i > 0; i--)
            _ = random.Next(3) switch
            {
                0 => changed.Remove(random.Next(changed.Length), 1),
                1 => changed.Insert(random.Next(changed.Length), (char)random.Next(0x20, 0x250)),
                _ => changed.Replace(changed[random.Next(changed.Length)], (char)random.Next(0x20, 0x7F), random.Next(changed.Length), 1),
            };
        return changed.ToString();
    }

    private static byte[] CreateSamlForm(string xml) => Encoding.ASCII.GetBytes($"grant_type={Uri.EscapeDataString(SamlAssertionBuilder.GrantType)}&assertion={SamlAssertionBuilder.Encode(xml)}");

    private static byte[] CreateForm(string assertion, Random random) => Encoding.ASCII.GetBytes(random.Next(2) == 0
        ? $"grant_type={Uri.EscapeDataString(TestData.JwtBearer)}&assertion={Uri.EscapeDataString(assertion)}"
        : $"grant_type=client_credentials&client_assertion_type={Uri.EscapeDataString(TestData.ClientAssertionType)}&client_assertion={Uri.EscapeDataString(assertion)}");

    private static async Task AssertAcceptedOrRefusedAsync(byte[] body, int seed, int round)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        var server = SamlServer.Start();

        var response = await server.PostAsync(content);

        Assert.True(
            (int)response.Status is 200 or 400 or 401 && response.Refusal is null == ((int)response.Status == 200),
            $"Seed {seed}, round {round}: {(int)response.Status} {response.Body}");
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
