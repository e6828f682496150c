using System.Net;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Metadata at both well-known URLs with the issuer as configured (RFC 8414 section 3), published keys, and issued tokens.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData("https://as.example.com", "https://as.example.com/token", "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration")]
    [InlineData("https://as.example.com/", "https://as.example.com/token", "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration")]
    [InlineData("https://as.example.com/t/1", "https://as.example.com/t/1/token", "/.well-known/oauth-authorization-server/t/1",
        "/t/1/.well-known/openid-configuration")]
    [InlineData("https://as.example.com/t/", "https://as.example.com/t/token", "/.well-known/oauth-authorization-server/t",
        "/t/.well-known/openid-configuration")]
    [InlineData("https://as.example.com/a%20b", "https://as.example.com/a%20b/token", "/.well-known/oauth-authorization-server/a%20b",
        "/a%20b/.well-known/openid-configuration")]
    [InlineData("https://AS.example.com:443", "https://AS.example.com:443/token", "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration")]
    public async Task The_metadata_contain_the_issuer_exactly_as_configured(string issuer, string tokenEndpoint, string oauth, string openId)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, Issuer = issuer });

        foreach (var path in new[] { oauth, openId })
        {
            var response = await server.GetAsync("https://as.example.com" + path);

            Assert.Equal(HttpStatusCode.OK, response.Status);
            Assert.Equal("application/json", response.Response.Content.Headers.ContentType?.MediaType);
            Assert.Equal((issuer, tokenEndpoint), (response["issuer"], response["token_endpoint"]));
        }

        Assert.Equal((issuer, tokenEndpoint), (server.Server.Issuer, server.Server.TokenEndpoint));
        (await server.PresentAsync(new JwtBuilder().WithClaim("aud", issuer), AssertionRole.ClientAuthentication)).ShouldBeGranted();
    }

    [Fact]
    public async Task An_issuer_with_a_path_has_no_metadata_and_no_token_endpoint_at_the_root()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, Issuer = TestData.Issuer + "/t" });

        string[] paths =
        [
            "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/t/.well-known/oauth-authorization-server",
            "/token", "/t/token/", "/T/token", "/t//token", "/",
        ];

        foreach (var path in paths)
            Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(TestData.Issuer + path)).Status);
    }

    [Fact]
    public async Task The_metadata_list_the_supported_methods_grant_types_and_algorithms()
    {
        var metadata = (await TestServer.Start().GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server")).Json;
        string?[] List(string name) => [.. metadata.GetProperty(name).EnumerateArray().Select(value => value.GetString())];

        Assert.Equal(["private_key_jwt", "client_secret_basic", "client_secret_post", "spiffe_jwt", "none"],
            List("token_endpoint_auth_methods_supported"));
        Assert.Equal(["authorization_code", "client_credentials", "refresh_token", TestData.JwtBearer, SamlAssertionBuilder.GrantType, TestData.TokenExchange], List("grant_types_supported")
            .Order(StringComparer.Ordinal));
        Assert.Contains("RS256", List("token_endpoint_auth_signing_alg_values_supported"));
        Assert.DoesNotContain("none", List("token_endpoint_auth_signing_alg_values_supported"));
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server"), InlineData("/jwks")]
    public async Task The_metadata_and_JWKS_endpoints_allow_only_GET_and_HEAD(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, TestData.Issuer + path);

        var response = await TestServer.Start().SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.Status);
        Assert.Equal(["GET", "HEAD"], response.Response.Content.Headers.Allow);
        Assert.Equal((405, "S00", "The method is POST; expected GET or HEAD."), (response.Refusal?.Status, response.Refusal?.Rule, response.Refusal?.Explanation));
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server", ServerTransport.Memory), InlineData("/jwks", ServerTransport.Memory)]
    [InlineData("/.well-known/oauth-authorization-server", ServerTransport.Socket), InlineData("/jwks", ServerTransport.Socket)]
    public async Task The_response_to_HEAD_has_the_headers_of_the_response_to_GET(string path, ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        using var request = new HttpRequestMessage(HttpMethod.Head, server.Server.Issuer + path);

        using var head = await server.SendAsync(request);
        using var get = await server.GetAsync(server.Server.Issuer + path);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("", await head.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((get.Content.Headers.ContentType, get.Content.Headers.ContentLength ?? (await get.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length),
            (head.Content.Headers.ContentType, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task The_metadata_name_what_the_grant_of_authorization_codes_requires()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, Issuer = TestData.Issuer + "/t" });
        var metadata = (await server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server/t")).Json;

        Assert.Equal(TestData.Issuer + "/t/authorize", metadata.GetProperty("authorization_endpoint").GetString());
        Assert.Equal(["S256"], metadata.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public async Task The_authorization_endpoint_explains_that_no_user_can_sign_in()
    {
        var response = await TestServer.Start().GetAsync(TestData.Issuer + "/authorize?response_type=code");

        Assert.Equal((HttpStatusCode.Forbidden, "access_denied", "S00"), (response.Status, response["error"], response.Refusal?.Rule));
        response.WithExplanation("IssueAuthorizationCode");
    }

    [Fact]
    public async Task A_request_to_another_path_is_refused_with_the_token_endpoint()
    {
        var response = await TestServer.Start().GetAsync(TestData.Issuer + "/tokens");

        Assert.Equal((404, "S00", "This server has nothing at '/tokens'. Its token endpoint is 'https://as.example.com/token'."),
            (response.Refusal?.Status, response.Refusal?.Rule, response.Refusal?.Explanation));
    }

    [Fact]
    public async Task The_published_key_verifies_an_issued_token()
    {
        var server = TestServer.Start();
        var token = (await server.PresentAsync(new JwtBuilder())).ShouldBeGranted().AccessToken;

        var key = Assert.Single((await server.GetAsync(server.Server.JwksUri)).Json.GetProperty("keys").EnumerateArray());

        byte[] Member(string name) => Bytes(key.GetProperty(name).GetString());
        Assert.Equal(("ES256", "ES256"), (key.GetProperty("alg").GetString(), IssuedToken.Header(token).GetProperty("alg").GetString()));
        using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = Member("x"), Y = Member("y") } });
        var dot = token.LastIndexOf('.');
        var (input, signature) = (Encoding.ASCII.GetBytes(token[..dot]), Bytes(token[(dot + 1)..]));
        Assert.True(ec.VerifyData(input, signature, HashAlgorithmName.SHA256));
        Assert.Equal(key.GetProperty("kid").GetString(), IssuedToken.Header(token).GetProperty("kid").GetString());
        Assert.Equal("at+jwt", IssuedToken.Header(token).GetProperty("typ").GetString());
        Assert.False(key.TryGetProperty("d", out _));
    }

    [Theory]
    [InlineData(0, 5000, 5, 5), InlineData(0, 5999, 5, 6), InlineData(1, 5000, 5, 6), InlineData(999, 1, 0, 1), InlineData(500, 500, 0, 1)]
    [InlineData(1, 999, 0, 1)]
    [InlineData(999, 1002, 1, 3)]
    public async Task A_token_is_valid_for_at_least_expires_in_seconds(int startMs, int lifetimeMs, int expiresIn, int expAfterStart)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, TokenLifetime = TimeSpan.FromMilliseconds(lifetimeMs) });
        server.Clock.Advance(TimeSpan.FromMilliseconds(startMs));

        var response = (await server.PresentAsync(new JwtBuilder())).ShouldBeGranted();

        Assert.Equal(expiresIn, response.Json.GetProperty("expires_in").GetInt64());
        Assert.Equal(TestData.Now + expAfterStart, IssuedToken.Claims(response.AccessToken).GetProperty("exp").GetInt64());
    }

    [Fact]
    public async Task An_issued_token_contains_issuer_subject_client_audience_and_scope()
    {
        var response = await TestServer.Start().PostAsync(
            ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().WithClaim("sub", "user-1").Compact()), ("scope", "read"));

        var claims = IssuedToken.Claims(response.ShouldBeGranted().AccessToken);
        string? Text(string name) => claims.GetProperty(name).GetString();
        Assert.Equal((TestData.Issuer, "user-1", TestData.ClientId, TestData.Issuer, "read"),
            (Text("iss"), Text("sub"), Text("client_id"), Text("aud"), Text("scope")));
        Assert.Equal(TestData.Now, claims.GetProperty("iat").GetInt64());
        Assert.NotEmpty(Text("jti")!);
    }

    private static byte[] Bytes(string? text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
