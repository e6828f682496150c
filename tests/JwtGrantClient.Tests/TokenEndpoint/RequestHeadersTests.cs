using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The additional headers of the setting Headers.</summary>
public sealed class RequestHeadersTests
{
    private const string Key = "0a1b2c3d4e5f60718293";

    private readonly List<(string Path, string? Header)> _received = [];

    [Fact]
    public async Task Token_and_revocation_requests_have_the_headers_and_requests_for_metadata_do_not()
    {
        await using var tokens = JwtGrantTokenSource.Create(Options(), tokenEndpointHandler: new StubHandler(Respond));
        var token = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        await tokens.Revocation.RevokeTokenAsync(token.Value, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([("/.well-known/oauth-authorization-server", null), ("/token", Key), ("/revoke", Key)], _received);
    }

    [Theory]
    [InlineData("""{"error":"invalid_request","error_description":"unknown key {0}"}"""), InlineData("<html>unknown key {0}</html>")]
    public async Task A_value_that_the_server_echoes_is_masked(string response)
    {
        await using var tokens = JwtGrantTokenSource.Create(Options(), tokenEndpointHandler: new StubHandler(request => request.RequestUri!.AbsolutePath == "/token"
            ? new(HttpStatusCode.BadRequest) { Content = new StringContent(response.Replace("{0}", Key, StringComparison.Ordinal), Encoding.UTF8) }
            : Respond(request)));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains("the value of X-Api-Key that was sent, not shown", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_requests_no_token_has_no_headers()
    {
        var options = new JwtGrantOptions { Grant = GrantType.SelfSigned, ClientId = "client", Assertion = { Audience = "https://api.example.com" }, SigningKey = { Text = TestData.RsaPrivatePem } };
        options.Headers["X-Api-Key"] = Key;

        var error = Assert.Throws<JwtGrantException>(() => JwtGrantTokenSource.Create(options));

        Assert.Contains("Headers is set, but Grant is SelfSigned, and the client requests no token. Remove the setting.", error.Message, StringComparison.Ordinal);
    }

    private static JwtGrantOptions Options() => new()
    {
        Issuer = TestData.Issuer, ClientId = TestData.ClientId, SigningKey = { Text = TestData.RsaPrivatePem }, Headers = { ["X-Api-Key"] = Key },
    };

    private HttpResponseMessage Respond(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        _received.Add((path, request.Headers.TryGetValues("X-Api-Key", out var values) ? values.Single() : null));
        return new()
        {
            Content = new StringContent(path switch
            {
                "/token" => Reply.TokenJson,
                "/revoke" => "",
                _ => $$"""{"issuer":"{{TestData.Issuer}}","token_endpoint":"{{TestData.Issuer}}/token","revocation_endpoint":"{{TestData.Issuer}}/revoke"}""",
            }, Encoding.UTF8, "application/json"),
        };
    }
}
