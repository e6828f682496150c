using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 7591 section 2: a client authenticates by what it is registered for, and by nothing else.</summary>
public sealed class AuthenticationMethodRegistrationTests
{
    private const string Basic = "client_secret_basic", Post = "client_secret_post", PrivateKey = "private_key_jwt";

    [Theory]
    [InlineData(Basic, true, null), InlineData(Post, true, null), InlineData(PrivateKey, false, null)]
    [InlineData(Basic, true, Basic), InlineData(Post, false, Basic), InlineData(PrivateKey, false, Basic)]
    [InlineData(Basic, false, Post), InlineData(Post, true, Post)]
    public async Task A_client_with_a_secret_uses_its_method(string method, bool accepted, string? allowed) =>
        Judge(await PresentAsync(method, new() { Id = TestData.ClientId, ClientSecret = "s", AllowedAuthenticationMethods = List(allowed) }), accepted);

    [Theory]
    [InlineData(PrivateKey, true, null), InlineData(Basic, false, null), InlineData(Post, false, null)]
    [InlineData(PrivateKey, true, PrivateKey)]
    public async Task A_client_with_keys_uses_them(string method, bool accepted, string? allowed) =>
        Judge(await PresentAsync(method, new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), AllowedAuthenticationMethods = List(allowed),
        }), accepted);

    [Theory]
    [InlineData(PrivateKey, true), InlineData(Basic, true), InlineData(Post, false)]
    public async Task A_client_with_both_uses_those_that_are_named(string method, bool accepted) =>
        Judge(await PresentAsync(method, new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), ClientSecret = "s",
            AllowedAuthenticationMethods = [PrivateKey, Basic],
        }), accepted);

    [Theory]
    [InlineData("password", "knows"), InlineData(Basic, "no credentials"), InlineData(PrivateKey, "no credentials")]
    [InlineData(null, "public client")]
    public void A_method_that_cannot_be_is_refused_at_registration(string? method, string saying)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = List(method) }));

        Assert.Contains(saying, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false), InlineData("none", true)]
    public async Task A_public_client_redeems_codes_by_its_id_alone(string? method, bool accepted)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, ClientSecret = "s", AllowedAuthenticationMethods = List(method) });
        var verifier = new string('v', 43);
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var code = server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com", challenge);

        Judge(await server.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"),
            ("code_verifier", verifier), ("client_id", TestData.ClientId)), accepted);
    }

    [Fact]
    public async Task A_public_client_needs_a_code_challenge_and_gets_no_client_credentials()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, AllowedAuthenticationMethods = ["none"] });
        var code = server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com");

        (await server.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com"),
            ("client_id", TestData.ClientId))).ShouldBeRefused(400, "invalid_grant", "S17").Saying("PKCE");
        (await server.PostAsync(("grant_type", "client_credentials"), ("client_id", TestData.ClientId)))
            .ShouldBeRefused(401, "invalid_client", "S17");
    }

    private static IReadOnlyList<string>? List(string? method) => method is null ? null : [method];

    private static void Judge(TestResponse answer, bool accepted)
    {
        if (accepted)
            answer.ShouldBeGranted();
        else
            // Without keys the missing key is told, else the method that is not registered.
            answer.ShouldBeRefused(401, "invalid_client", answer.Refusal?.Rule == "S07" ? "S07" : "S17");
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
