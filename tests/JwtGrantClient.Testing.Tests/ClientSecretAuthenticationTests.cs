using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 6749 section 2.3.1: id and secret, form-encoded and then in base64 in the header, or as they are in the form.</summary>
public sealed class ClientSecretAuthenticationTests
{
    private const string Id = "batch worker:1", Secret = "p+ä:% /\"s";
    private const string EncodedId = "batch+worker%3A1", EncodedSecret = "p%2B%C3%A4%3A%25+%2F%22s";

    private static readonly Dictionary<string, string> BadHeaders = new()
    {
        ["another secret"] = Basic($"{EncodedId}:other"),
        ["no secret"] = Basic($"{EncodedId}:"),
        ["another client"] = Basic($"other:{EncodedSecret}"),
        ["no id"] = Basic($":{EncodedSecret}"),
        ["no colon"] = Basic(EncodedId + EncodedSecret),
        ["not form-encoded"] = Basic($"{Id}:{Secret}"),
        ["a secret not form-encoded"] = Basic($"{EncodedId}:p+ä"),
        ["a percent sign alone"] = Basic($"{EncodedId}:p%"),
        ["form-encoded twice"] = Basic($"{EncodedId}:{Uri.EscapeDataString(EncodedSecret)}"),
        ["another case"] = Basic($"{EncodedId}:P%2B%C3%A4%3A%25+%2F%22s"),
        ["no base64"] = $"Basic {EncodedId}:{EncodedSecret}",
        ["base64url"] = Basic($"{EncodedId}:{EncodedSecret}").Replace('+', '-').TrimEnd('='),
        ["base64 with a space at its end"] = Basic($"{EncodedId}:{EncodedSecret}") + " x",
        ["another scheme"] = Basic($"{EncodedId}:{EncodedSecret}").Replace("Basic", "Bearer", StringComparison.Ordinal),
    };

    private readonly TestServer _server = TestServer.Start(client: new() { Id = Id, ClientSecret = Secret });

    public static TheoryData<string> BadNames => TestRows.Of(BadHeaders.Keys);

    [Theory]
    [InlineData("Basic", EncodedSecret), InlineData("basic", EncodedSecret), InlineData("Basic", "p%2b%c3%a4%3a%25%20%2f%22s")]
    public async Task The_header_authenticates(string scheme, string secret) =>
        (await InHeaderAsync(Basic($"{EncodedId}:{secret}").Replace("Basic", scheme, StringComparison.Ordinal))).ShouldBeGranted();

    [Theory, MemberData(nameof(BadNames))]
    public async Task A_bad_header_is_refused_with_a_challenge(string row)
    {
        var answer = await InHeaderAsync(BadHeaders[row]);

        answer.ShouldBeRefused(401, "invalid_client", "S17");
        Assert.Contains("realm=", answer.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Id, Secret, true), InlineData(Id, "other", false), InlineData(Id, EncodedSecret, false), InlineData("other", Secret, false)]
    [InlineData("", Secret, false)]
    public async Task The_form_authenticates_as_it_is(string id, string secret, bool accepted)
    {
        var answer = await _server.PostAsync(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret));

        if (accepted)
            answer.ShouldBeGranted();
        else
            Assert.Empty(answer.ShouldBeRefused(401, "invalid_client", "S17").Response.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData(Id, true), InlineData("other", false)]
    public async Task A_client_id_beside_the_header_is_the_same(string id, bool accepted)
    {
        var answer = await _server.PostWithAsync(
            [("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))], ("grant_type", "client_credentials"), ("client_id", id));

        if (accepted)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task Header_and_form_together_are_two_ways() =>
        (await _server.PostWithAsync([("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))],
            ("grant_type", "client_credentials"), ("client_id", Id), ("client_secret", Secret)))
            .ShouldBeRefused(400, "invalid_request", "S01");

    [Theory]
    [InlineData("authorization_code"), InlineData(TestData.JwtBearer)]
    public async Task A_secret_serves_every_grant(string grant)
    {
        _server.Server.TrustIssuer(new() { Issuer = "idp", PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() });
        (string, string)[] fields = grant == TestData.JwtBearer
            ? [("assertion", new JwtBuilder().Claim("iss", "idp").Compact())]
            : [("code", _server.Server.IssueAuthorizationCode(Id, "https://app.example.com")), ("redirect_uri", "https://app.example.com")];

        var answer = await _server.PostWithAsync([("Authorization", Basic($"{EncodedId}:{EncodedSecret}"))], [("grant_type", grant), .. fields]);

        Assert.Equal(Id, _server.Server.CheckAccessToken($"Bearer {answer.ShouldBeGranted().AccessToken}").ClientId);
    }

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes(credentials));

    private Task<TestResponse> InHeaderAsync(string header) =>
        _server.PostWithAsync([("Authorization", header)], ("grant_type", "client_credentials"));
}
