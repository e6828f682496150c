using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A handler of the token endpoint that sends a request twice would replay its assertion; it gets an error (RFC 7523 section 3, jti).</summary>
public sealed class HandlerReplayTests
{
    [Fact]
    public async Task A_handler_that_sends_a_token_request_twice_gets_an_error()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new ResendingHandler() }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Configuration, "assertion_replay_prevented"), (error.Kind, error.Code));
        Assert.Contains("Remove retries and redirects from that handler", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_handler_that_only_observes_token_requests_is_allowed()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);
        var observing = new ObservingHandler();

        await new Composition { Endpoint = server.TokenEndpoint, Handler = observing }.RequestAsync();

        Assert.Equal(2, observing.Requests);
    }

    private sealed class ResendingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class ObservingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
