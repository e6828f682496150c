using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// The rules of the FAPI 2.0 security profile, sections 5.3.2.1, 5.3.3.1 and 5.4.1, for algorithms, client authentication and bound tokens.
/// </summary>
public sealed class FapiModeTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> InvalidAssertions = new()
    {
        ["an audience list with one value"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer))),
        ["no iat"] = ("S14", jwt => jwt.Without("iat")),
        ["RS256"] = ("S06", jwt => jwt.WithHeader("alg", "RS256").SignedBy(TestData.RsaKey)),
        ["PS512"] = ("S06", jwt => jwt.WithHeader("alg", "PS512").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)),
    };

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
        Assert.Equal(["PS256", "ES256"], List("token_endpoint_auth_signing_alg_values_supported"));
        Assert.Equal(["PS256", "ES256"], List("dpop_signing_alg_values_supported"));
    }

    private static JwtBuilder CreateAssertion() =>
        new JwtBuilder().WithHeader("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    private Task<TestResponse> SendAsync(JwtBuilder? proof, params (string, string)[] fields) =>
        _server.PostWithAsync(proof is null ? [] : [("DPoP", proof.Compact())], fields);
}
