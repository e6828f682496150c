using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>draft-ietf-oauth-spiffe-client-auth-02: a JWT-SVID as client authentication, presented until it is renewed.</summary>
public sealed class SpiffeAuthenticationTests
{
    private const string SpiffeId = "spiffe://example.org/batch/worker", TrustDomain = "spiffe://example.org";
    private const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

    private static readonly Dictionary<string, (string? Rule, Action<JwtBuilder> Bend)> Svids = new()
    {
        ["a bare one"] = (null, _ => { }),
        ["with an iss of its own"] = (null, jwt => jwt.Claim("iss", "https://spire.example.org")),
        ["of the type JOSE"] = (null, jwt => jwt.Head("typ", "JOSE")),
        ["without a type"] = (null, jwt => jwt.Without("typ")),
        ["of an hour"] = (null, jwt => jwt.Claim("exp", TestData.Now + 3600)),
        ["an audience list of the issuer"] = (null, jwt => jwt.Claim("aud", new JsonArray(TestData.Issuer))),
        ["another SPIFFE id"] = ("S10", jwt => jwt.Claim("sub", SpiffeId + "2")),
        ["no sub"] = ("S10", jwt => jwt.Without("sub")),
        ["the client id as sub"] = ("S10", jwt => jwt.Claim("sub", TestData.ClientId)),
        ["the token endpoint as audience"] = ("S12", jwt => jwt.Claim("aud", TestData.TokenEndpoint)),
        ["a further audience"] = ("S12", jwt => jwt.Claim("aud", new JsonArray(TestData.Issuer, "https://b.example.com"))),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp that is over"] = ("S13", jwt => jwt.Claim("exp", TestData.Now)),
        ["more than an hour"] = ("S13", jwt => jwt.Claim("exp", TestData.Now + 3611)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["an unknown kid"] = ("S07", jwt => jwt.Head("kid", "other")),
        ["a type for something else"] = ("S09", jwt => jwt.Head("typ", "at+jwt")),
        ["the type of client authentication"] = ("S09a", jwt => jwt.Head("typ", "client-authentication+jwt")),
        ["no signature"] = ("S06", jwt => jwt.Head("alg", "none").Signed(_ => [])),
    };

    public static TheoryData<string> SvidNames => TestRows.Of(Svids.Keys);

    [Theory, MemberData(nameof(SvidNames))]
    public async Task An_SVID_is_judged(string row)
    {
        var svid = AnSvid();
        Svids[row].Bend(svid);

        var answer = await PresentAsync(Server(keysOfItsOwn: true), svid.Compact());

        if (Svids[row].Rule is { } rule)
            answer.ShouldBeRefused(401, "invalid_client", rule);
        else
            answer.ShouldBeGranted();
    }

    [Fact]
    public async Task An_SVID_is_good_again_until_it_expires()
    {
        var server = Server(keysOfItsOwn: true);
        var svid = AnSvid().Claim("jti", "0123456789abcdef").Compact();

        (await PresentAsync(server, svid)).ShouldBeGranted();
        (await PresentAsync(server, svid)).ShouldBeGranted();
    }

    [Theory]
    [InlineData(null, null, "S07"), InlineData("spiffe://other.org", null, "S07"), InlineData(TrustDomain, null, null)]
    [InlineData(TrustDomain, SpiffeId, null), InlineData(TrustDomain, "spiffe://example.org/other", "S11")]
    public async Task Without_keys_of_its_own_those_of_the_trust_domain_count(string? trusted, string? allowed, string? rule)
    {
        var server = Server(keysOfItsOwn: false);
        if (trusted is not null)
            server.Server.TrustIssuer(new()
            {
                Issuer = trusted, Jwks = Keys.Set(Keys.Jwk(TestData.RsaKey, TestData.KeyId)), AllowedSubjects = allowed is null ? null : [allowed],
            });

        var answer = await PresentAsync(server, AnSvid().Compact());

        if (rule is null)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(401, "invalid_client", rule);
    }

    [Theory]
    [InlineData(TestData.ClientId, true), InlineData("other", false)]
    public async Task A_client_id_beside_it_is_the_same(string id, bool accepted)
    {
        var answer = await PresentAsync(Server(keysOfItsOwn: true), AnSvid().Compact(), ("client_id", id));

        if (accepted)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task A_client_with_a_SPIFFE_id_makes_no_assertion_of_its_own() =>
        (await Server(keysOfItsOwn: true).PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(401, "invalid_client", "S17");

    [Fact]
    public void A_SPIFFE_id_has_its_scheme() => Assert.Throws<ArgumentException>(() =>
        TestServer.Start(client: new() { Id = TestData.ClientId, SpiffeId = "https://example.org/batch" }));

    private static TestServer Server(bool keysOfItsOwn) => TestServer.Start(client: new()
    {
        Id = TestData.ClientId, SpiffeId = SpiffeId, Jwks = keysOfItsOwn ? Keys.Set(Keys.Jwk(TestData.RsaKey, TestData.KeyId)) : null,
    });

    private static JwtBuilder AnSvid() => new JwtBuilder().Claim("sub", SpiffeId).Without("iss").Without("iat").Without("jti");

    private static Task<TestResponse> PresentAsync(TestServer server, string svid, params (string, string)[] more) => server.PostAsync(
        [("grant_type", "client_credentials"), ("client_assertion_type", Type), ("client_assertion", svid), .. more]);
}
