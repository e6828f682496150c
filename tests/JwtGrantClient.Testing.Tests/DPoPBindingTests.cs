using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Access tokens, refresh tokens and codes are bound to the key of a DPoP proof (RFC 9449 sections 5, 6 and 10).</summary>
public sealed class DPoPBindingTests
{
    private const string Callback = "https://app.example.com";

    private static readonly string Verifier = new('v', 43);

    [Fact]
    public async Task A_bound_token_contains_the_thumbprint_of_the_proof_key()
    {
        var server = TestServer.Start();

        var response = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())], CreateGrantForm())).ShouldBeGranted("DPoP");

        Assert.Equal(DPoPProofBuilder.Thumbprint(TestData.P256Key), IssuedToken.Claims(response.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
        var unbound = (await server.PostAsync(CreateGrantForm())).ShouldBeGranted();
        Assert.False(IssuedToken.Claims(unbound.AccessToken).TryGetProperty("cnf", out _));
    }

    [Theory]
    [InlineData(TestData.JwtBearer), InlineData("client_credentials")]
    public async Task A_client_can_be_required_to_use_DPoP(string grant)
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), RequireDPoP = true,
        });
        (string, string)[] CreateForm() => grant == TestData.JwtBearer ? CreateGrantForm() : [("grant_type", grant), .. TestServer.ClientAssertion()];

        (await server.PostAsync(CreateForm())).ShouldBeRefused(400, "invalid_dpop_proof", "S21");
        (await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())], CreateForm())).ShouldBeGranted("DPoP");
    }

    [Theory]
    [InlineData(true, true), InlineData(false, false), InlineData(null, false)]
    public async Task A_refresh_token_of_a_public_client_is_bound_to_the_proof_key(bool? sameKey, bool accepted)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var first = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())], CreateCodeForm(server))).ShouldBeGranted("DPoP");

        var response = await server.PostWithAsync(
            CreateProofs(sameKey), ("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"]!), ("client_id", TestData.ClientId));

        if (accepted)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(400, "invalid_grant", "S21");
    }

    [Fact]
    public async Task A_confidential_client_can_refresh_with_another_proof_key()
    {
        var server = TestServer.Start();
        var first = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())],
            [.. CreateCodeForm(server), .. TestServer.ClientAssertion()])).ShouldBeGranted("DPoP");

        (await server.PostWithAsync(CreateProofs(sameKey: false),
            [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"]!), .. TestServer.ClientAssertion()]))
            .ShouldBeGranted("DPoP");
    }

    [Theory]
    [InlineData(true, true), InlineData(false, false), InlineData(null, false)]
    public async Task A_code_with_a_DPoP_thumbprint_is_accepted_only_with_a_proof_by_that_key(bool? sameKey, bool accepted)
    {
        var server = TestServer.Start();

        var response = await server.PostWithAsync(
            CreateProofs(sameKey), [.. CreateCodeForm(server, DPoPProofBuilder.Thumbprint(TestData.P256Key)), .. TestServer.ClientAssertion()]);

        if (accepted)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(400, "invalid_grant", "S21");
    }

    [Fact]
    public async Task The_metadata_list_the_DPoP_signing_algorithms()
    {
        var metadata = await TestServer.Start().GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server");

        Assert.Contains("ES256", metadata["dpop_signing_alg_values_supported"]!, StringComparison.Ordinal);
    }

    private static (string, string)[] CreateGrantForm() => [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())];

    private static (string, string)[] CreateProofs(bool? sameKey) => sameKey switch
    {
        null => [],
        true => [("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())],
        false => [("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().WithKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)).Compact())],
    };

    private static (string, string)[] CreateCodeForm(TestServer server, string? thumbprint = null)
    {
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier)));
        return
        [
            ("grant_type", "authorization_code"), ("redirect_uri", Callback), ("code_verifier", Verifier), ("client_id", TestData.ClientId),
            ("code", server.Server.IssueAuthorizationCode(TestData.ClientId, Callback, challenge, dpopThumbprint: thumbprint)),
        ];
    }
}
