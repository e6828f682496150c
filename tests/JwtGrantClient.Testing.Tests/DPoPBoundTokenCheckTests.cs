using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// RFC 9449 sections 7 and 9: a bound token goes by the scheme DPoP, with a proof by its key for this request and this token.
/// </summary>
public sealed class DPoPBoundTokenCheckTests
{
    private const string Api = "https://api.example.com/orders";

    private static readonly Dictionary<string, (string Error, Action<JwtBuilder> Bend)> BadProofs = new()
    {
        ["no ath"] = ("invalid_dpop_proof", proof => proof.Without("ath")),
        ["another token's ath"] = ("invalid_dpop_proof", proof => proof.Claim("ath", new string('A', 43))),
        ["another method"] = ("invalid_dpop_proof", proof => proof.Claim("htm", "POST")),
        ["another address"] = ("invalid_dpop_proof", proof => proof.Claim("htu", "https://api.example.com/other")),
        ["a query in htu"] = ("invalid_dpop_proof", proof => proof.Claim("htu", Api + "?page=2")),
        ["an old iat"] = ("invalid_dpop_proof", proof => proof.Claim("iat", TestData.Now - 61)),
        ["another key"] = ("invalid_token", proof => proof.By(ECDsa.Create(ECCurve.NamedCurves.nistP256))),
    };

    private readonly TestServer _server = TestServer.Start();

    public static TheoryData<string> BadNames => TestRows.Of(BadProofs.Keys);

    [Theory]
    [InlineData("DPoP"), InlineData("dpop")]
    public async Task A_bound_token_passes_with_its_proof(string scheme)
    {
        var token = await TokenAsync();

        var check = Check($"{scheme} {token}", DPoPProofBuilder.For(Api, "GET", token));

        Assert.Equal((200, null, TestData.ClientId, null), (check.Status, check.WwwAuthenticate, check.ClientId, check.DPoPNonce));
    }

    [Theory, MemberData(nameof(BadNames))]
    public async Task A_bad_proof_is_refused_with_a_challenge(string row)
    {
        var token = await TokenAsync();
        var proof = DPoPProofBuilder.For(Api, "GET", token);
        BadProofs[row].Bend(proof);

        ShouldBeRefused(Check($"DPoP {token}", proof), $"DPoP error=\"{BadProofs[row].Error}\"");
    }

    [Fact]
    public async Task A_proof_serves_once()
    {
        var token = await TokenAsync();
        var proof = DPoPProofBuilder.For(Api, "GET", token);

        Assert.True(Check($"DPoP {token}", proof).IsValid);
        ShouldBeRefused(Check($"DPoP {token}", proof), "DPoP error=\"invalid_dpop_proof\"");
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_token()
    {
        var token = await TokenAsync();

        ShouldBeRefused(Check($"Bearer {token}", DPoPProofBuilder.For(Api, "GET", token)), "DPoP error=\"invalid_token\"");
        ShouldBeRefused(_server.Server.CheckAccessToken($"Bearer {token}"), "DPoP error=\"invalid_token\"");
    }

    [Fact]
    public async Task An_unbound_token_goes_as_Bearer_and_not_as_DPoP()
    {
        var token = (await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted().AccessToken;

        Assert.True(_server.Server.CheckAccessToken("GET", Api, $"Bearer {token}", null).IsValid);
        ShouldBeRefused(Check($"DPoP {token}", DPoPProofBuilder.For(Api, "GET", token)), "DPoP error=\"invalid_token\"");
    }

    [Fact]
    public async Task Without_credentials_or_proof_the_challenge_says_what_is_missing()
    {
        var token = await TokenAsync();
        var two = $"{DPoPProofBuilder.For(Api, "GET", token).Compact()}, {DPoPProofBuilder.For(Api, "GET", token).Compact()}";

        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, null, null), "DPoP algs=\"");
        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", null), "DPoP error=\"invalid_dpop_proof\"");
        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", two), "DPoP error=\"invalid_dpop_proof\"");
        ShouldBeRefused(Check("DPoP unknown", DPoPProofBuilder.For(Api, "GET", "unknown")), "DPoP error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("read", 200), InlineData("write", 403)]
    public async Task A_scope_may_be_required(string scope, int status)
    {
        var token = await TokenAsync();

        var check = _server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", DPoPProofBuilder.For(Api, "GET", token).Compact(), scope);

        Assert.Equal(status, check.Status);
        Assert.Equal(status == 200 ? null : "DPoP error=\"insufficient_scope\", scope=\"write\"", check.WwwAuthenticate);
    }

    [Fact]
    public async Task A_nonce_may_be_asked_for_and_is_given_with_good_answers_too()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, RequireResourceDPoPNonce = true });
        var token = await TokenAsync(server);
        AccessTokenCheck Present(string? nonce) => server.Server.CheckAccessToken(
            "GET", Api + "?page=2", $"DPoP {token}", DPoPProofBuilder.For(Api, "GET", token, nonce).Compact());

        var refused = Present(null);
        ShouldBeRefused(refused, "DPoP error=\"use_dpop_nonce\"");
        var passed = Present(refused.DPoPNonce);
        Assert.True(passed.IsValid);
        server.Server.RotateDPoPNonce();

        var rotated = Present(passed.DPoPNonce);
        ShouldBeRefused(rotated, "DPoP error=\"use_dpop_nonce\"");
        Assert.True(Present(rotated.DPoPNonce).IsValid);
    }

    private static void ShouldBeRefused(AccessTokenCheck check, string challenge)
    {
        Assert.Equal((401, false, null), (check.Status, check.IsValid, check.ClientId));
        Assert.StartsWith(challenge, check.WwwAuthenticate, StringComparison.Ordinal);
    }

    private AccessTokenCheck Check(string authorization, JwtBuilder proof) =>
        _server.Server.CheckAccessToken("GET", Api, authorization, proof.Compact());

    private Task<string> TokenAsync() => TokenAsync(_server);

    private static async Task<string> TokenAsync(TestServer server) => (await server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken().Compact())],
        ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", "read"))).ShouldBeGranted("DPoP").AccessToken;
}
