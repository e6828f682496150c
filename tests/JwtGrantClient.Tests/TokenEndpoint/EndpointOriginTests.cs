using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The origins of endpoints in metadata: a change is logged, and TokenEndpointOrigins limits them.</summary>
public sealed class EndpointOriginTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Endpoints => ["token_endpoint", "revocation_endpoint", "mtls token_endpoint", "mtls revocation_endpoint"];

    [Fact]
    public async Task A_token_endpoint_at_another_origin_than_before_is_used_and_logged_once()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAndMoveAsync(other.TokenEndpoint);

        await site.RequestAndRefreshAsync();
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        await site.RequestAndRefreshAsync();
        await site.RequestAsync();

        Assert.Equal(3, other.Calls);
        Assert.Equal(
            $"Warning 10: The metadata of {site.Client.Issuer} now names a token_endpoint at {other.Address} instead of {site.Client.Issuer}, and client credentials are sent there. Set TokenEndpointOrigins to limit the origins",
            Assert.Single(site.Client.Log.Lines).TrimEnd());
    }

    [Fact]
    public async Task A_token_endpoint_at_another_path_of_the_same_origin_is_not_logged()
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAndMoveAsync($"{site.Client.Issuer}/v2/token");

        await site.RequestAndRefreshAsync();
        await site.RequestAsync();

        Assert.Equal("POST /v2/token", site.Requests[^1]);
        Assert.Empty(site.Client.Log.Lines);
    }

    [Fact]
    public async Task A_change_that_TokenEndpointOrigins_does_not_allow_is_not_followed()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("", limitOrigins: true);
        await site.RequestAndMoveAsync(other.TokenEndpoint);

        await site.RequestAndRefreshAsync();
        await site.RequestAsync();

        Assert.Equal(0, other.Calls);
        var line = Assert.Single(site.Client.Log.Lines);
        Assert.StartsWith("Warning 30: New metadata of ", line, StringComparison.Ordinal);
        Assert.Contains("TokenEndpointOrigins does not contain", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_document_must_name_an_allowed_origin()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(context => Reply.Json(
            200, $$"""{"issuer":"http://{{context.Request.Host}}","token_endpoint":"{{other.TokenEndpoint}}"}""")(context));
        var options = TestClient.Options();
        (options.TokenEndpoint, options.Issuer, options.TokenEndpointOrigins) = (null, server.Address, [server.Address, "https://as.example.com/"]);
        options.Retry.MaxRetryAttempts = 0;
        await using var tokens = JwtGrantTokenSource.Create(options);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((JwtGrantErrorKind.Configuration, "endpoint_origin_not_allowed", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Equal(
            $"The metadata of '{server.Address}' names a token_endpoint at '{other.Address}', which TokenEndpointOrigins does not contain: {server.Address}, https://as.example.com. Nothing was sent there. If you trust that server, add the origin to TokenEndpointOrigins.",
            error.Text);
        Assert.Equal(0, other.Calls);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void The_limit_applies_to_every_endpoint_that_gets_client_credentials(string endpoint)
    {
        var origins = new EndpointOrigins(["https://as.example.com"]);
        origins.EnsureAllowed(Metadata("as.example.com", endpoint));

        var error = Assert.Throws<JwtGrantException>(() => origins.EnsureAllowed(Metadata("other.example.com", endpoint)));

        Assert.Equal("endpoint_origin_not_allowed", error.Code);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void A_change_is_found_for_every_endpoint_that_gets_client_credentials(string endpoint)
    {
        var change = (endpoint.Replace("mtls ", "mtls_endpoint_aliases.", StringComparison.Ordinal), "https://as.example.com", "https://other.example.com");

        Assert.Equal(change, Assert.Single(EndpointOrigins.FindChanges(Metadata("as.example.com", endpoint), Metadata("other.example.com", endpoint))));
        Assert.Empty(EndpointOrigins.FindChanges(Metadata("other.example.com", endpoint), Metadata("other.example.com", endpoint)));
    }

    [Fact]
    public void A_new_endpoint_at_another_origin_than_the_token_endpoint_is_a_change() => Assert.Equal(
        ("mtls_endpoint_aliases.token_endpoint", "https://as.example.com", "https://other.example.com"),
        Assert.Single(EndpointOrigins.FindChanges(Metadata("as.example.com", "token_endpoint"), Metadata("other.example.com", "mtls token_endpoint"))));

    [Theory]
    [InlineData("https://as.example.com:443/token", true)]
    [InlineData("https://AS.example.com/token", true)]
    [InlineData("https://as.example.com:8443/token", false)]
    [InlineData("https://as.example.com.evil.example/token", false)]
    [InlineData("https://evil.example/as.example.com", false)]
    [InlineData("http://as.example.com:443/token", false)]
    public void An_origin_is_scheme_host_and_port(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, new EndpointOrigins(["https://as.example.com"]).Allows(new(address)));

    private static ServerMetadata Metadata(string host, string endpoint)
    {
        var token = endpoint == "token_endpoint" ? host : "as.example.com";
        var others = endpoint switch
        {
            "revocation_endpoint" => $$""","revocation_endpoint":"https://{{host}}/revoke" """,
            "mtls token_endpoint" => $$""","mtls_endpoint_aliases":{"token_endpoint":"https://{{host}}/token"}""",
            "mtls revocation_endpoint" => $$""","mtls_endpoint_aliases":{"revocation_endpoint":"https://{{host}}/revoke"}""",
            _ => "",
        };
        return ServerMetadata.Read(
            Answer.Create(200, $$"""{"issuer":"https://as.example.com","token_endpoint":"https://{{token}}/token"{{others}}}"""),
            "https://as.example.com", "https://as.example.com/.well-known/oauth-authorization-server", allowLoopbackHttp: false);
    }
}
