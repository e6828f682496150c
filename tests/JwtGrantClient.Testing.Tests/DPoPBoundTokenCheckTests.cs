using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// A bound token needs the DPoP scheme and a proof by its key for this request and this token (RFC 9449 sections 7 and 9).
/// </summary>
public sealed class DPoPBoundTokenCheckTests
{
    private const string Api = "https://api.example.com/orders";

    private static readonly Dictionary<string, (string Error, Action<JwtBuilder> Change)> InvalidProofs = new()
    {
        ["no ath"] = ("invalid_dpop_proof", proof => proof.Without("ath")),
        ["the ath of another token"] = ("invalid_dpop_proof", proof => proof.WithClaim("ath", new string('A', 43))),
        ["another method"] = ("invalid_dpop_proof", proof => proof.WithClaim("htm", "POST")),
        ["another URL"] = ("invalid_dpop_proof", proof => proof.WithClaim("htu", "https://api.example.com/other")),
        ["a query in htu"] = ("invalid_dpop_proof", proof => proof.WithClaim("htu", Api + "?page=2")),
        ["an old iat"] = ("invalid_dpop_proof", proof => proof.WithClaim("iat", TestData.Now - 61)),
        ["another key"] = ("invalid_token", proof => proof.WithKey(ECDsa.Create(ECCurve.NamedCurves.nistP256))),
    };

    private readonly TestServer _server = TestServer.Start();

    public static TheoryData<string> InvalidCases => TestRows.From(InvalidProofs.Keys);

    [Theory]
    [InlineData("DPoP"), InlineData("dpop")]
    public async Task A_bound_token_is_accepted_with_a_matching_proof(string scheme)
    {
        var token = await TokenAsync();

        var check = Check($"{scheme} {token}", DPoPProofBuilder.Create(Api, "GET", token));

        Assert.Equal((200, null, TestData.ClientId, null), (check.Status, check.WwwAuthenticate, check.ClientId, check.DPoPNonce));
    }

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task A_bound_token_with_an_invalid_proof_is_refused_with_a_challenge(string testCase)
    {
        var token = await TokenAsync();
        var proof = DPoPProofBuilder.Create(Api, "GET", token);
        InvalidProofs[testCase].Change(proof);

        ShouldBeRefused(Check($"DPoP {token}", proof), $"DPoP error=\"{InvalidProofs[testCase].Error}\"");
    }

    [Fact]
    public async Task A_replayed_proof_is_refused()
    {
        var token = await TokenAsync();
        var proof = DPoPProofBuilder.Create(Api, "GET", token);

        Assert.True(Check($"DPoP {token}", proof).IsValid);
        ShouldBeRefused(Check($"DPoP {token}", proof), "DPoP error=\"invalid_dpop_proof\"");
    }

    [Fact]
    public async Task A_bound_token_is_refused_as_a_bearer_token()
    {
        var token = await TokenAsync();

        ShouldBeRefused(Check($"Bearer {token}", DPoPProofBuilder.Create(Api, "GET", token)), "DPoP error=\"invalid_token\"");
        ShouldBeRefused(_server.Server.CheckAccessToken($"Bearer {token}"), "DPoP error=\"invalid_token\"");
    }

    [Fact]
    public async Task An_unbound_token_is_accepted_as_Bearer_and_refused_as_DPoP()
    {
        var token = (await _server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted().AccessToken;

        Assert.True(_server.Server.CheckAccessToken("GET", Api, $"Bearer {token}", null).IsValid);
        ShouldBeRefused(Check($"DPoP {token}", DPoPProofBuilder.Create(Api, "GET", token)), "DPoP error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_missing_token_or_proof_is_refused_with_the_matching_challenge()
    {
        var token = await TokenAsync();
        var twoProofs = $"{DPoPProofBuilder.Create(Api, "GET", token).Compact()}, {DPoPProofBuilder.Create(Api, "GET", token).Compact()}";

        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, null, null), "DPoP algs=\"");
        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", null), "DPoP error=\"invalid_dpop_proof\"");
        ShouldBeRefused(_server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", twoProofs), "DPoP error=\"invalid_dpop_proof\"");
        ShouldBeRefused(Check("DPoP unknown", DPoPProofBuilder.Create(Api, "GET", "unknown")), "DPoP error=\"invalid_token\"");
    }

    [Theory]
    [InlineData("read", 200), InlineData("write", 403)]
    public async Task A_bound_token_without_the_required_scope_gets_insufficient_scope(string scope, int status)
    {
        var token = await TokenAsync();

        var check = _server.Server.CheckAccessToken("GET", Api, $"DPoP {token}", DPoPProofBuilder.Create(Api, "GET", token).Compact(), scope);

        Assert.Equal(status, check.Status);
        Assert.Equal(status == 200 ? null : "DPoP error=\"insufficient_scope\", scope=\"write\"", check.WwwAuthenticate);
    }

    [Fact]
    public async Task A_required_nonce_is_returned_for_refused_and_for_accepted_requests()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, RequireResourceDPoPNonce = true });
        var token = await TokenAsync(server);
        AccessTokenCheck Present(string? nonce) => server.Server.CheckAccessToken(
            "GET", Api + "?page=2", $"DPoP {token}", DPoPProofBuilder.Create(Api, "GET", token, nonce).Compact());

        var refused = Present(null);
        ShouldBeRefused(refused, "DPoP error=\"use_dpop_nonce\"");
        var accepted = Present(refused.DPoPNonce);
        Assert.True(accepted.IsValid);
        server.Server.RotateDPoPNonce();

        var rotated = Present(accepted.DPoPNonce);
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

    private static async Task<string> TokenAsync(TestServer server) => (await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())],
        ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", "read"))).ShouldBeGranted("DPoP").AccessToken;
}
