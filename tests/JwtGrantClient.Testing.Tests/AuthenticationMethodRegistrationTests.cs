using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A client authenticates only by the methods it is registered for (RFC 7591 section 2).</summary>
public sealed class AuthenticationMethodRegistrationTests
{
    private const string Basic = "client_secret_basic", Post = "client_secret_post", PrivateKey = "private_key_jwt";

    [Theory]
    [InlineData(Basic, true, null), InlineData(Post, true, null), InlineData(PrivateKey, false, null)]
    [InlineData(Basic, true, Basic), InlineData(Post, false, Basic), InlineData(PrivateKey, false, Basic)]
    [InlineData(Basic, false, Post), InlineData(Post, true, Post)]
    public async Task A_client_with_a_secret_authenticates_only_by_its_registered_method(string method, bool accepted, string? allowed) =>
        AssertOutcome(await PresentAsync(method, new() { Id = TestData.ClientId, ClientSecret = "s", AllowedAuthenticationMethods = List(allowed) }), accepted);

    [Theory]
    [InlineData(PrivateKey, true, null), InlineData(Basic, false, null), InlineData(Post, false, null)]
    [InlineData(PrivateKey, true, PrivateKey)]
    public async Task A_client_with_keys_authenticates_only_by_private_key_jwt(string method, bool accepted, string? allowed) =>
        AssertOutcome(await PresentAsync(method, new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), AllowedAuthenticationMethods = List(allowed),
        }), accepted);

    [Theory]
    [InlineData(PrivateKey, true), InlineData(Basic, true), InlineData(Post, false)]
    public async Task A_client_with_keys_and_a_secret_authenticates_only_by_its_registered_methods(string method, bool accepted) =>
        AssertOutcome(await PresentAsync(method, new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), ClientSecret = "s",
            AllowedAuthenticationMethods = [PrivateKey, Basic],
        }), accepted);

    [Theory]
    [InlineData("password", "knows"), InlineData(Basic, "no credentials"), InlineData(PrivateKey, "no credentials")]
    [InlineData(null, "public client")]
    public void An_authentication_method_that_the_client_cannot_use_is_refused_at_registration(string? method, string message)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = List(method) }));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false), InlineData("none", true)]
    public async Task Only_a_public_client_redeems_a_code_with_its_client_id_alone(string? method, bool accepted)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, ClientSecret = "s", AllowedAuthenticationMethods = List(method) });
        var verifier = new string('v', 43);
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var code = server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com", challenge);

        AssertOutcome(await server.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"),
            ("code_verifier", verifier), ("client_id", TestData.ClientId)), accepted);
    }

    [Fact]
    public async Task A_public_client_needs_PKCE_and_cannot_use_client_credentials()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var code = server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com");

        (await server.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"),
            ("client_id", TestData.ClientId))).ShouldBeRefused(400, "invalid_grant", "S17").WithExplanation("PKCE");
        (await server.PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");
    }

    private static IReadOnlyList<string>? List(string? method) => method is null ? null : [method];

    private static void AssertOutcome(TestResponse response, bool accepted)
    {
        if (accepted)
            response.ShouldBeGranted();
        else
            // A client without keys is refused for the missing key (S07), any other client for the method (S17).
            response.ShouldBeRefused(401, "invalid_client", response.Refusal?.Rule == "S07" ? "S07" : "S17");
    }

    private static Task<TestResponse> PresentAsync(string method, ClientRegistration client)
    {
        var server = TestServer.Start(client: client);
        return method switch
        {
            Basic => server.PostWithAsync(
                [("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{TestData.ClientId}:s")))],
                ("grant_type", "client_credentials")),
            Post => server.PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId), ("client_secret", "s")),
            _ => server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication),
        };
    }
}
