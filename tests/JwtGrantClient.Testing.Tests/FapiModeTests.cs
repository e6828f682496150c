using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// The rules of the FAPI 2.0 security profile, sections 5.3.2.1, 5.3.2.2 and 5.4.1, for algorithms, client authentication, bound tokens, codes and refresh
/// tokens.
/// </summary>
public sealed class FapiModeTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> InvalidAssertions = new()
    {
        ["an audience list with one value"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer))),
        ["RS256"] = ("S06", jwt => jwt.WithHeader("alg", "RS256").SignedBy(TestData.RsaKey)),
        ["PS512"] = ("S06", jwt => jwt.WithHeader("alg", "PS512").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)),
    };

    private const string RedirectUri = "https://app.example.com/callback";

    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private readonly TestServer _server = TestServer.Start(clock => new() { TimeProvider = clock, FapiMode = true });

    public static TheoryData<string> InvalidCases => TestRows.From(InvalidAssertions.Keys);

    [Fact]
    public async Task A_PS256_client_assertion_with_a_DPoP_proof_is_accepted()
    {
        var response = await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(CreateAssertion().Compact())]);

        response.ShouldBeGranted("DPoP");
    }

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task A_client_assertion_that_violates_the_profile_is_refused(string testCase)
    {
        var assertion = CreateAssertion();
        InvalidAssertions[testCase].Change(assertion);

        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion.Compact())]))
            .ShouldBeRefused(401, "invalid_client", InvalidAssertions[testCase].Rule);
    }

    [Fact]
    public async Task A_request_without_a_DPoP_proof_is_refused() =>
        (await SendAsync(null, [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(CreateAssertion().Compact())]))
            .ShouldBeRefused(400, "invalid_request", "S23").WithExplanation("DPoP");

    [Fact]
    public async Task A_grant_without_client_authentication_is_refused()
    {
        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), ("grant_type", TestData.JwtBearer), ("assertion", CreateAssertion().Compact())))
            .ShouldBeRefused(401, "invalid_client", "S23");
        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(),
            [("grant_type", TestData.JwtBearer), ("assertion", CreateAssertion().Compact()), .. TestServer.ClientAssertion(CreateAssertion().Compact())]))
            .ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_client_secret_is_refused()
    {
        _server.Server.RegisterClient(new() { Id = "secret", ClientSecret = "s" });

        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), ("grant_type", "client_credentials"), ("client_id", "secret"), ("client_secret", "s")))
            .ShouldBeRefused(401, "invalid_client", "S23");
    }

    [Fact]
    public async Task A_DPoP_proof_with_RS256_is_refused() =>
        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint().WithHeader("alg", "RS256").WithHeader("jwk", Keys.Jwk(TestData.RsaKey, null)).SignedBy(TestData.RsaKey),
            [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(CreateAssertion().Compact())]))
            .ShouldBeRefused(400, "invalid_dpop_proof", "S06");

    [Fact]
    public async Task The_metadata_list_only_methods_and_algorithms_of_the_profile()
    {
        var metadata = (await _server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server")).Json;
        string?[] List(string name) => [.. metadata.GetProperty(name).EnumerateArray().Select(value => value.GetString())];

        Assert.Equal(["private_key_jwt"], List("token_endpoint_auth_methods_supported"));
        Assert.Equal(["PS256", "ES256", "Ed25519", "EdDSA"], List("token_endpoint_auth_signing_alg_values_supported"));
        Assert.Equal(["PS256", "ES256", "Ed25519", "EdDSA"], List("dpop_signing_alg_values_supported"));
    }

    /// <summary>Neither FAPI 2.0 nor OpenID Connect Core section 9 requires an iat.</summary>
    [Fact]
    public async Task A_client_assertion_without_iat_is_accepted() =>
        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(CreateAssertion().Without("iat").Compact())]))
            .ShouldBeGranted("DPoP");

    [Theory]
    [InlineData(59, true), InlineData(60, false)]
    public async Task A_code_expires_after_60_seconds(int seconds, bool accepted)
    {
        var code = _server.Server.IssueAuthorizationCode(TestData.ClientId, RedirectUri, Challenge);
        _server.Clock.Advance(TimeSpan.FromSeconds(seconds));

        var response = await RedeemAsync(code);

        if (accepted)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(400, "invalid_grant", "S17");
    }

    [Fact]
    public async Task A_code_without_a_code_challenge_is_refused()
    {
        var code = _server.Server.IssueAuthorizationCode(TestData.ClientId, RedirectUri);

        var refused = (await RedeemAsync(code, verifier: "")).ShouldBeRefused(400, "invalid_grant", "S23").WithExplanation("PKCE with S256");

        Assert.Equal("FAPI 2.0 section 5.3.2.2 item 5", refused.Refusal?.Clause);
    }

    [Theory]
    [InlineData("http://app.example.com/callback", false), InlineData("http://127.0.0.1:1234/callback", true), InlineData("com.example.app:/callback", true)]
    public async Task A_code_for_a_redirect_URI_without_TLS_is_refused(string redirectUri, bool accepted)
    {
        var response = await RedeemAsync(_server.Server.IssueAuthorizationCode(TestData.ClientId, redirectUri, Challenge), redirectUri);

        if (accepted)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(400, "invalid_grant", "S23").WithExplanation("redirect_uri is 'http://app.example.com/callback'");
    }

    [Fact]
    public async Task A_refresh_token_stays_valid_and_is_not_replaced()
    {
        var refreshToken = (await RedeemAsync(_server.Server.IssueAuthorizationCode(TestData.ClientId, RedirectUri, Challenge)))
            .ShouldBeGranted("DPoP")["refresh_token"]!;

        for (var i = 0; i < 2; i++)
        {
            var response = await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(),
                [("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. TestServer.ClientAssertion(CreateAssertion().Compact())]);
            Assert.Null(response.ShouldBeGranted("DPoP")["refresh_token"]);
        }
    }

    [Fact]
    public async Task An_access_token_is_signed_with_ES256()
    {
        var response = await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(CreateAssertion().Compact())]);

        Assert.Equal("ES256", IssuedToken.Header(response.ShouldBeGranted("DPoP").AccessToken).GetProperty("alg").GetString());
    }

    [Theory]
    [InlineData(9, false), InlineData(10, true), InlineData(60, true), InlineData(61, false)]
    public void The_tolerance_for_the_future_is_10_to_60_seconds(int seconds, bool accepted)
    {
        var error = Record.Exception(() =>
            StrictAuthorizationServer.CreateInMemory(new() { FapiMode = true, FutureTolerance = TimeSpan.FromSeconds(seconds) }));

        Assert.Equal(accepted, error is null);
    }

    private Task<TestResponse> RedeemAsync(string code, string redirectUri = RedirectUri, string? verifier = null) => SendAsync(
        DPoPProofBuilder.CreateForTokenEndpoint().WithClaim("iat", _server.Clock.GetUtcNow().ToUnixTimeSeconds()),
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", verifier ?? Verifier),
            .. TestServer.ClientAssertion(CreateAssertion().Compact()),
        ]);

    private static JwtBuilder CreateAssertion() =>
        new JwtBuilder().WithHeader("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    private Task<TestResponse> SendAsync(JwtBuilder? proof, params (string, string)[] fields) =>
        _server.PostWithAsync(proof is null ? [] : [("DPoP", proof.Compact())], fields);
}
