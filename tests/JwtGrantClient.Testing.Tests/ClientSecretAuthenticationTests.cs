using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Client authentication by a secret (RFC 6749 section 2.3.1): form-encoded in a Basic header, or unchanged in the form.</summary>
public sealed class ClientSecretAuthenticationTests
{
    private const string Id = "batch worker:1", Secret = "p+ä:% /\"s";
    private const string EncodedId = "batch+worker%3A1", EncodedSecret = "p%2B%C3%A4%3A%25+%2F%22s";

    private static readonly Dictionary<string, string> InvalidHeaders = new()
    {
        ["another secret"] = Basic($"{EncodedId}:other"),
        ["no secret"] = Basic($"{EncodedId}:"),
        ["another client"] = Basic($"other:{EncodedSecret}"),
        ["no id"] = Basic($":{EncodedSecret}"),
        ["no colon"] = Basic(EncodedId + EncodedSecret),
        ["without form encoding"] = Basic($"{Id}:{Secret}"),
        ["a secret without form encoding"] = Basic($"{EncodedId}:p+ä"),
        ["a percent sign without digits"] = Basic($"{EncodedId}:p%"),
        ["form-encoded twice"] = Basic($"{EncodedId}:{Uri.EscapeDataString(EncodedSecret)}"),
        ["a secret in another case"] = Basic($"{EncodedId}:P%2B%C3%A4%3A%25+%2F%22s"),
        ["without base64"] = $"Basic {EncodedId}:{EncodedSecret}",
        ["base64url"] = Basic($"{EncodedId}:{EncodedSecret}").Replace('+', '-').TrimEnd('='),
        ["base64 with trailing text"] = Basic($"{EncodedId}:{EncodedSecret}") + " x",
        ["another scheme"] = Basic($"{EncodedId}:{EncodedSecret}").Replace("Basic", "Bearer", StringComparison.Ordinal),
    };

    private readonly TestServer _server = TestServer.Start(client: new() { Id = Id, ClientSecret = Secret });

    public static TheoryData<string> InvalidCases => TestRows.From(InvalidHeaders.Keys);

    [Theory]
    [InlineData("Basic", EncodedSecret), InlineData("basic", EncodedSecret), InlineData("Basic", "p%2b%c3%a4%3a%25%20%2f%22s")]
    public async Task A_form_encoded_id_and_secret_in_the_Basic_header_are_accepted(string scheme, string secret) =>
        (await SendHeaderAsync(Basic($"{EncodedId}:{secret}").Replace("Basic", scheme, StringComparison.Ordinal))).ShouldBeGranted();

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task An_invalid_Authorization_header_is_refused_with_a_challenge(string testCase)
    {
        var response = await SendHeaderAsync(InvalidHeaders[testCase]);

        response.ShouldBeRefused(401, "invalid_client", "S17");
        Assert.Contains("realm=", response.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_refusal_of_a_wrong_secret_mentions_the_Authorization_header_only_for_the_Basic_header()
    {
        var header = await SendHeaderAsync(Basic($"{EncodedId}:other"));
        var form = await _server.PostAsync(("grant_type", "client_credentials"), ("client_id", Id), ("client_secret", "other"));

        Assert.Contains("form-encoded before base64 in the Authorization header", header.Refusal!.Explanation, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization header", form.Refusal!.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Id, Secret, true), InlineData(Id, "other", false), InlineData(Id, EncodedSecret, false), InlineData("other", Secret, false)]
    [InlineData("", Secret, false)]
    public async Task An_id_and_secret_in_the_form_must_match_exactly(string id, string secret, bool accepted)
    {
        var response = await _server.PostAsync(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(401, "invalid_client", "S17");
    }

    [Theory]
    [InlineData(Id, true), InlineData("other", false)]
    public async Task A_client_id_that_differs_from_the_Basic_header_is_refused(string id, bool accepted)
    {
        var response = await _server.PostWithAsync(
            [("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))], ("grant_type", "client_credentials"), ("client_id", id));

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task A_secret_in_both_the_header_and_the_form_is_an_invalid_request() =>
        (await _server.PostWithAsync([("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))],
            ("grant_type", "client_credentials"), ("client_id", Id), ("client_secret", Secret)))
            .ShouldBeRefused(400, "invalid_request", "S01");

    [Theory]
    [InlineData("authorization_code"), InlineData(TestData.JwtBearer)]
    public async Task A_client_secret_is_accepted_with_other_grant_types(string grant)
    {
        _server.Server.TrustIssuer(new() { Issuer = "idp", PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() });
        (string, string)[] fields = grant == TestData.JwtBearer
            ? [("assertion", new JwtBuilder().WithClaim("iss", "idp").Compact())]
            : [("code", _server.Server.IssueAuthorizationCode(Id, "https://app.example.com")), ("redirect_uri", "https://app.example.com")];

        var response = await _server.PostWithAsync([("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))], [("grant_type", grant), .. fields]);

        Assert.Equal(Id, _server.Server.CheckAccessToken($"Bearer {response.ShouldBeGranted().AccessToken}").ClientId);
    }

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes(credentials));

    private Task<TestResponse> SendHeaderAsync(string header) =>
        _server.PostWithAsync([("Authorization", header)], ("grant_type", "client_credentials"));
}
