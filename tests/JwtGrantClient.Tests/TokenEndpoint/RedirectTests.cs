namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>An assertion goes only where it was meant to: redirects are errors, and one that a foreign handler followed is told.</summary>
public sealed class RedirectTests
{
    [Theory]
    [InlineData(301), InlineData(302), InlineData(303), InlineData(307), InlineData(308)]
    public async Task A_redirect_is_an_error_and_nothing_reaches_the_other_host(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync();

        Assert.Equal(("token_endpoint_redirected", (int?)status, false), (error.Code, error.StatusCode, error.IsTransient));
        Assert.Single(server.Requests);
        Assert.Equal(0, other.Calls);
    }

    [Theory]
    [InlineData(307), InlineData(308)]
    public async Task A_handler_that_would_post_the_assertion_elsewhere_cannot_and_is_reported(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new HttpClientHandler() }.FailAsync();

        AssertReported(error);
        Assert.Equal(0, other.Calls);
    }

    [Theory]
    [InlineData(301), InlineData(302), InlineData(303)]
    public async Task A_handler_that_got_an_answer_elsewhere_is_reported_and_the_answer_dropped(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new HttpClientHandler() }.FailAsync();

        AssertReported(error);
        // Such a redirect turns the POST into a GET without a body: the other host was asked, but saw no assertion.
        Assert.Equal(("GET", ""), (Assert.Single(other.Requests).Method, other.Requests[0].Body));
    }

    [Fact]
    public async Task A_followed_redirect_to_another_path_is_reported_too()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(302, ("Location", "/elsewhere")), Reply.Token);

        AssertReported(await new Composition { Endpoint = server.TokenEndpoint, Handler = new HttpClientHandler() }.FailAsync());
    }

    private static void AssertReported(JwtGrantException error)
    {
        Assert.Equal((JwtGrantErrorKind.Configuration, "token_endpoint_redirect_followed"), (error.Kind, error.Code));
        Assert.Contains("Set AllowAutoRedirect to false", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }
}
