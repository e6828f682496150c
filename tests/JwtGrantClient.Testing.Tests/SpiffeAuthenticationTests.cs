using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Client authentication by a reusable JWT-SVID (draft-ietf-oauth-spiffe-client-auth-02).</summary>
public sealed class SpiffeAuthenticationTests
{
    private const string SpiffeId = "spiffe://example.org/batch/worker", TrustDomain = "spiffe://example.org";
    private const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

    private static readonly Dictionary<string, (string? Rule, Action<JwtBuilder> Change)> Svids = new()
    {
        ["the default SVID"] = (null, _ => { }),
        ["an iss"] = (null, jwt => jwt.WithClaim("iss", "https://spire.example.org")),
        ["the typ JOSE"] = (null, jwt => jwt.WithHeader("typ", "JOSE")),
        ["no typ"] = (null, jwt => jwt.Without("typ")),
        ["a lifetime of one hour"] = (null, jwt => jwt.WithClaim("exp", TestData.Now + 3600)),
        ["an audience list with the issuer"] = (null, jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer))),
        ["another SPIFFE ID"] = ("S10", jwt => jwt.WithClaim("sub", SpiffeId + "2")),
        ["no sub"] = ("S10", jwt => jwt.Without("sub")),
        ["the client id as sub"] = ("S10", jwt => jwt.WithClaim("sub", TestData.ClientId)),
        ["the token endpoint as audience"] = ("S12", jwt => jwt.WithClaim("aud", TestData.TokenEndpoint)),
        ["an additional audience"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer, "https://b.example.com"))),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp in the past"] = ("S13", jwt => jwt.WithClaim("exp", TestData.Now)),
        ["a lifetime of more than one hour"] = ("S13", jwt => jwt.WithClaim("exp", TestData.Now + 3611)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["an unknown kid"] = ("S07", jwt => jwt.WithHeader("kid", "other")),
        ["a typ for another purpose"] = ("S09", jwt => jwt.WithHeader("typ", "at+jwt")),
        ["the typ of client authentication"] = ("S09a", jwt => jwt.WithHeader("typ", "client-authentication+jwt")),
        ["no signature"] = ("S06", jwt => jwt.WithHeader("alg", "none").SignedWith(_ => [])),
    };

    public static TheoryData<string> SvidCases => TestRows.From(Svids.Keys);

    [Theory, MemberData(nameof(SvidCases))]
    public async Task An_SVID_is_accepted_only_if_it_is_valid_for_the_client(string testCase)
    {
        var svid = CreateSvid();
        Svids[testCase].Change(svid);

        var response = await PresentAsync(StartServer(withClientKeys: true), svid.Compact());

        if (Svids[testCase].Rule is { } rule)
            response.ShouldBeRefused(401, "invalid_client", rule);
        else
            response.ShouldBeGranted();
    }

    [Fact]
    public async Task An_SVID_can_be_reused_until_it_expires()
    {
        var server = StartServer(withClientKeys: true);
        var svid = CreateSvid().WithClaim("jti", "0123456789abcdef").Compact();

        (await PresentAsync(server, svid)).ShouldBeGranted();
        (await PresentAsync(server, svid)).ShouldBeGranted();
    }

    [Theory]
    [InlineData(null, null, "S07"), InlineData("spiffe://other.org", null, "S07"), InlineData(TrustDomain, null, null)]
    [InlineData(TrustDomain, SpiffeId, null), InlineData(TrustDomain, "spiffe://example.org/other", "S11")]
    public async Task An_SVID_of_a_client_without_keys_is_validated_with_the_keys_of_the_trust_domain(string? trusted, string? allowed, string? rule)
    {
        var server = StartServer(withClientKeys: false);
        if (trusted is not null)
            server.Server.TrustIssuer(new()
            {
                Issuer = trusted, Jwks = Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId)), AllowedSubjects = allowed is null ? null : [allowed],
            });

        var response = await PresentAsync(server, CreateSvid().Compact());

        if (rule is null)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(401, "invalid_client", rule);
    }

    [Theory]
    [InlineData(TestData.ClientId, true), InlineData("other", false)]
    public async Task A_client_id_that_differs_from_the_SVID_is_refused(string id, bool accepted)
    {
        var response = await PresentAsync(StartServer(withClientKeys: true), CreateSvid().Compact(), ("client_id", id));

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task A_client_with_a_SPIFFE_ID_cannot_use_private_key_jwt() =>
        (await StartServer(withClientKeys: true).PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(401, "invalid_client", "S17");

    [Fact]
    public void A_SPIFFE_ID_with_another_scheme_is_refused_at_registration() => Assert.Throws<ArgumentException>(() =>
        TestServer.Start(client: new() { Id = TestData.ClientId, SpiffeId = "https://example.org/batch" }));

    private static TestServer StartServer(bool withClientKeys) => TestServer.Start(client: new()
    {
        Id = TestData.ClientId, SpiffeId = SpiffeId, Jwks = withClientKeys ? Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId)) : null,
    });

    private static JwtBuilder CreateSvid() => new JwtBuilder().WithClaim("sub", SpiffeId).Without("iss").Without("iat").Without("jti");

    private static Task<TestResponse> PresentAsync(TestServer server, string svid, params (string, string)[] extraFields) => server.PostAsync(
        [("grant_type", "client_credentials"), ("client_assertion_type", Type), ("client_assertion", svid), .. extraFields]);
}
