using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Redirects of the token endpoint are errors, and a redirect that a custom handler followed is reported (RFC 9700 section 4.12).</summary>
public sealed class RedirectTests
{
    [Theory]
    [InlineData(301), InlineData(302), InlineData(303), InlineData(307), InlineData(308)]
    public async Task A_redirect_of_the_token_endpoint_is_an_error_and_no_request_reaches_the_other_host(int status)
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
    public async Task A_handler_that_repeats_the_POST_at_another_host_is_stopped_and_reported(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new HttpClientHandler() }.FailAsync();

        AssertReported(error);
        Assert.Equal(0, other.Calls);
    }

    [Theory]
    [InlineData(301), InlineData(302), InlineData(303)]
    public async Task A_response_that_a_handler_got_from_another_host_is_discarded_and_reported(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new HttpClientHandler() }.FailAsync();

        AssertReported(error);
        // These statuses turn the POST into a GET without a body: the other host received a request, but no assertion.
        Assert.Equal(("GET", ""), (Assert.Single(other.Requests).Method, other.Requests[0].Body));
    }

    [Fact]
    public async Task A_followed_redirect_to_another_path_of_the_same_host_is_reported()
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
