using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 9449 sections 5, 6 and 10: tokens, and what else is bound to the key of a proof.</summary>
public sealed class DPoPBindingTests
{
    private const string Callback = "https://app.example.com";

    private static readonly string Verifier = new('v', 43);

    [Fact]
    public async Task A_token_names_the_key_that_it_is_bound_to()
    {
        var server = TestServer.Start();

        var answer = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken().Compact())], Grant())).ShouldBeGranted("DPoP");

        Assert.Equal(DPoPProofBuilder.Thumbprint(TestData.P256Key), IssuedToken.Claims(answer.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
        var unbound = (await server.PostAsync(Grant())).ShouldBeGranted();
        Assert.False(IssuedToken.Claims(unbound.AccessToken).TryGetProperty("cnf", out _));
    }

    [Theory]
    [InlineData(TestData.JwtBearer), InlineData("client_credentials")]
    public async Task A_client_may_be_held_to_DPoP(string grant)
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), RequireDPoP = true,
        });
        (string, string)[] Form() => grant == TestData.JwtBearer ? Grant() : [("grant_type", grant), .. TestServer.ClientAssertion()];

        (await server.PostAsync(Form())).ShouldBeRefused(400, "invalid_dpop_proof", "S21");
        (await server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken().Compact())], Form())).ShouldBeGranted("DPoP");
    }

    [Theory]
    [InlineData(true, true), InlineData(false, false), InlineData(null, false)]
    public async Task A_refresh_token_of_a_public_client_is_bound(bool? sameKey, bool accepted)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var first = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken().Compact())], Redemption(server))).ShouldBeGranted("DPoP");

        var answer = await server.PostWithAsync(
            Proofs(sameKey), ("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"]!), ("client_id", TestData.ClientId));

        if (accepted)
            answer.ShouldBeGranted("DPoP");
        else
            answer.ShouldBeRefused(400, "invalid_grant", "S21");
    }

    [Fact]
    public async Task A_client_with_credentials_may_refresh_by_another_key()
    {
        var server = TestServer.Start();
        var first = (await server.PostWithAsync([("DPoP", DPoPProofBuilder.ForToken().Compact())],
            [.. Redemption(server), .. TestServer.ClientAssertion()])).ShouldBeGranted("DPoP");

        (await server.PostWithAsync(Proofs(sameKey: false),
            [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"]!), .. TestServer.ClientAssertion()]))
            .ShouldBeGranted("DPoP");
    }

    [Theory]
    [InlineData(true, true), InlineData(false, false), InlineData(null, false)]
    public async Task A_code_may_be_bound(bool? sameKey, bool accepted)
    {
        var server = TestServer.Start();

        var answer = await server.PostWithAsync(
            Proofs(sameKey), [.. Redemption(server, DPoPProofBuilder.Thumbprint(TestData.P256Key)), .. TestServer.ClientAssertion()]);

        if (accepted)
            answer.ShouldBeGranted("DPoP");
        else
            answer.ShouldBeRefused(400, "invalid_grant", "S21");
    }

    [Fact]
    public async Task The_metadata_list_the_algorithms()
    {
        var metadata = await TestServer.Start().GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server");

        Assert.Contains("ES256", metadata["dpop_signing_alg_values_supported"]!, StringComparison.Ordinal);
    }

    private static (string, string)[] Grant() => [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact())];

    private static (string, string)[] Proofs(bool? sameKey) => sameKey switch
    {
        null => [],
        true => [("DPoP", DPoPProofBuilder.ForToken().Compact())],
        false => [("DPoP", DPoPProofBuilder.ForToken().By(ECDsa.Create(ECCurve.NamedCurves.nistP256)).Compact())],
    };

    private static (string, string)[] Redemption(TestServer server, string? thumbprint = null)
    {
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Verifier)));
        return
        [
            ("grant_type", "authorization_code"), ("redirect_uri", Callback), ("code_verifier", Verifier), ("client_id", TestData.ClientId),
            ("code", server.Server.IssueAuthorizationCode(TestData.ClientId, Callback, challenge, dpopThumbprint: thumbprint)),
        ];
    }
}
