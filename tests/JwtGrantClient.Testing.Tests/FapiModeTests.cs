using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// FAPI 2.0 security profile, sections 5.3.2.1, 5.3.3.1 and 5.4.1: few algorithms, strong client authentication, bound tokens.
/// </summary>
public sealed class FapiModeTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> BadAssertions = new()
    {
        ["an audience list of one"] = ("S12", jwt => jwt.Claim("aud", new JsonArray(TestData.Issuer))),
        ["no iat"] = ("S14", jwt => jwt.Without("iat")),
        ["RS256"] = ("S06", jwt => jwt.Head("alg", "RS256").SignedBy(TestData.RsaKey)),
        ["PS512"] = ("S06", jwt => jwt.Head("alg", "PS512").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)),
    };

    private readonly TestServer _server = TestServer.Start(clock => new() { TimeProvider = clock, FapiMode = true });

    public static TheoryData<string> BadNames => TestRows.Of(BadAssertions.Keys);

    [Fact]
    public async Task A_client_assertion_by_PS256_with_a_DPoP_proof_is_good()
    {
        var answer = await SendAsync(DPoPProofBuilder.ForToken(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(Signed().Compact())]);

        answer.ShouldBeGranted("DPoP");
    }

    [Theory, MemberData(nameof(BadNames))]
    public async Task A_client_assertion_by_another_profile_is_refused(string row)
    {
        var assertion = Signed();
        BadAssertions[row].Bend(assertion);

        (await SendAsync(DPoPProofBuilder.ForToken(), [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion.Compact())]))
            .ShouldBeRefused(401, "invalid_client", BadAssertions[row].Rule);
    }

    [Fact]
    public async Task No_token_is_issued_that_is_not_bound() =>
        (await SendAsync(null, [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(Signed().Compact())]))
            .ShouldBeRefused(400, "invalid_request", "S23").Saying("DPoP");

    [Fact]
    public async Task The_client_authenticates_beside_a_grant_too()
    {
        (await SendAsync(DPoPProofBuilder.ForToken(), ("grant_type", TestData.JwtBearer), ("assertion", Signed().Compact())))
            .ShouldBeRefused(401, "invalid_client", "S23");
        (await SendAsync(DPoPProofBuilder.ForToken(),
            [("grant_type", TestData.JwtBearer), ("assertion", Signed().Compact()), .. TestServer.ClientAssertion(Signed().Compact())]))
            .ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_secret_is_no_client_authentication()
    {
        _server.Server.RegisterClient(new() { Id = "secret", ClientSecret = "s" });

        (await SendAsync(DPoPProofBuilder.ForToken(), ("grant_type", "client_credentials"), ("client_id", "secret"), ("client_secret", "s")))
            .ShouldBeRefused(401, "invalid_client", "S23");
    }

    [Fact]
    public async Task A_DPoP_proof_has_an_algorithm_of_the_profile() =>
        (await SendAsync(DPoPProofBuilder.ForToken().Head("alg", "RS256").Head("jwk", Keys.Jwk(TestData.RsaKey, null)).SignedBy(TestData.RsaKey),
            [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(Signed().Compact())]))
            .ShouldBeRefused(400, "invalid_dpop_proof", "S06");

    [Fact]
    public async Task The_metadata_list_no_more_than_the_profile_has()
    {
        var metadata = (await _server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server")).Json;
        string?[] List(string name) => [.. metadata.GetProperty(name).EnumerateArray().Select(value => value.GetString())];

        Assert.Equal(["private_key_jwt"], List("token_endpoint_auth_methods_supported"));
        Assert.Equal(["PS256", "ES256"], List("token_endpoint_auth_signing_alg_values_supported"));
        Assert.Equal(["PS256", "ES256"], List("dpop_signing_alg_values_supported"));
    }

    private static JwtBuilder Signed() =>
        new JwtBuilder().Head("alg", "PS256").SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    private Task<TestResponse> SendAsync(JwtBuilder? proof, params (string, string)[] fields) =>
        _server.PostWithAsync(proof is null ? [] : [("DPoP", proof.Compact())], fields);
}
