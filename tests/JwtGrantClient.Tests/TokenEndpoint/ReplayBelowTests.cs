namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A handler below that sends a request twice would replay its assertion (promise 2): it gets an error.</summary>
public sealed class ReplayBelowTests
{
    [Fact]
    public async Task A_handler_that_resends_gets_a_clear_error()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new Resends() }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Configuration, "assertion_replay_prevented"), (error.Kind, error.Code));
        Assert.Contains("Take retries and redirects off the token endpoint's handler", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_handler_that_only_looks_on_is_welcome()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);
        var looks = new LooksOn();

        await new Composition { Endpoint = server.TokenEndpoint, Handler = looks }.RequestAsync();

        Assert.Equal(2, looks.Seen);
    }

    private sealed class Resends() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class LooksOn() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Seen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
