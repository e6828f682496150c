using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A handler of the token endpoint that sends a request twice would replay its assertion; it gets an error (RFC 7523 section 3, jti).</summary>
public sealed class HandlerReplayTests
{
    private static readonly HttpRequestOptionsKey<string> OwnOption = new("own");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> ResendingHandlers => ["same request", "buffered", "copy with options", "two at once", "resilience handler", "other order"];

    [Theory]
    [MemberData(nameof(ResendingHandlers))]
    public async Task A_handler_that_sends_a_token_request_twice_gets_an_error(string kind)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = CreateResendingHandler(kind) }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Configuration, "assertion_replay_prevented"), (error.Kind, error.Code));
        Assert.Contains("Remove retries and redirects from that handler", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.InRange(server.Requests.Count, 0, 1);
    }

    [Fact]
    public async Task A_copy_of_a_token_request_without_its_options_is_not_sent()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var handler = new DelegateHandler(new SocketsHttpHandler(), async (request, send) => await send(await CopyAsync(request, withOptions: false)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Configuration, "assertion_replay_prevented", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("HttpRequestMessage.Options", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_repeats_the_form_at_another_host_is_stopped(bool asCopy)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(307, ("Location", other.TokenEndpoint)));
        var handler = new DelegateHandler(new SocketsHttpHandler { AllowAutoRedirect = false }, async (request, send) =>
        {
            await request.Content!.LoadIntoBufferAsync(Cancellation);
            var response = await send(request);
            var next = asCopy ? await CopyAsync(request, withOptions: true) : request;
            next.RequestUri = response.Headers.Location;
            return await send(next);
        });

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_endpoint_redirect_followed"), (error.Kind, error.Code));
        Assert.Equal((1, 0), (server.Calls, other.Calls));
    }

    [Fact]
    public async Task A_handler_that_changes_the_address_of_a_token_request_is_stopped_before_it_is_sent()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var handler = new DelegateHandler(new SocketsHttpHandler(), (request, send) =>
        {
            request.RequestUri = new(other.TokenEndpoint);
            return send(request);
        });

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.FailAsync();

        Assert.Equal("token_endpoint_redirect_followed", error.Code);
        Assert.Equal((0, 0), (server.Calls, other.Calls));
    }

    [Fact]
    public async Task A_buffered_token_request_is_not_repeated_for_the_authentication_of_the_connection()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(401, ("WWW-Authenticate", "Basic realm=\"as\"")));
        var handler = new DelegateHandler(
            new SocketsHttpHandler { Credentials = new NetworkCredential("user", "password") },
            async (request, send) =>
            {
                await request.Content!.LoadIntoBufferAsync(Cancellation);
                return await send(request);
            });

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.FailAsync();

        Assert.Equal("assertion_replay_prevented", error.Code);
        Assert.Single(server.Requests, request => request.Body.Length > 0);
    }

    [Fact]
    public async Task A_handler_that_only_observes_token_requests_is_allowed()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Token);
        List<string> bodies = [];
        var handler = new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
        {
            bodies.Add(await request.Content!.ReadAsStringAsync(Cancellation));
            request.Headers.Add("X-Observed", "yes");
            request.Options.Set(OwnOption, "value");
            var response = await send(request);
            Assert.Equal(bodies[^1], await request.Content.ReadAsStringAsync(Cancellation));
            return response;
        });

        await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync();

        Assert.Equal(bodies, server.Requests.Select(request => request.Body));
        Assert.Equal(2, bodies.Distinct().Count());
        Assert.All(server.Requests, request => Assert.Equal(
            ("yes", "application/x-www-form-urlencoded", true),
            (request.Headers["X-Observed"], request.Headers["Content-Type"], request.Headers.ContainsKey("Content-Length"))));
    }

    [Fact]
    public async Task A_metadata_request_may_be_repeated_by_a_handler()
    {
        await using var site = await ScriptedServer.StartAsync(Reply.Status(503), context => Reply.Json(
            200, $$"""{"issuer":"http://{{context.Request.Host}}","token_endpoint":"http://{{context.Request.Host}}/token"}""")(context), Reply.Token);
        var handler = new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
            await send(request) is { StatusCode: HttpStatusCode.OK } success ? success : await send(request));

        await new Composition { Issuer = site.Address, Handler = handler }.RequestAsync();

        Assert.Equal(["GET", "GET", "POST"], site.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task Two_clients_can_share_a_handler()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        using var handler = new DelegateHandler(new SocketsHttpHandler(), (request, send) => send(request));

        await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync();
        await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync();

        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task A_chain_of_handlers_that_is_in_use_already_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        using var handler = new DelegateHandler(new SocketsHttpHandler { AllowAutoRedirect = false }, (request, send) => send(request));
        using var other = new HttpClient(handler, disposeHandler: false);
        using var response = await other.GetAsync(new Uri(server.Address), Cancellation);

        var error = Assert.Throws<JwtGrantException>(() => new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.Build());

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_endpoint_handler_in_use"), (error.Kind, error.Code));
        Assert.EndsWith("Create a handler for the token endpoint alone.", error.Message, StringComparison.Ordinal);
    }

    private static DelegateHandler CreateResendingHandler(string kind) => kind switch
    {
        "same request" => new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
        {
            using (await send(request))
                return await send(request);
        }),
        "buffered" => new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
        {
            await request.Content!.LoadIntoBufferAsync(Cancellation);
            using (await send(request))
                return await send(request);
        }),
        "copy with options" => new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
        {
            using var copy = await CopyAsync(request, withOptions: true);
            using (await send(request))
                return await send(copy);
        }),
        "two at once" => new DelegateHandler(new SocketsHttpHandler(), async (request, send) =>
        {
            using var copy = await CopyAsync(request, withOptions: true);
            return (await Task.WhenAll(send(request), send(copy)))[0];
        }),
        "resilience handler" => new DelegateHandler(
            new ResilienceHandler(new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                Delay = TimeSpan.Zero,
                ShouldHandle = attempt => new(attempt.Outcome.Result is { IsSuccessStatusCode: false }),
            }).Build())
            {
                InnerHandler = new SocketsHttpHandler(),
            },
            async (request, send) =>
            {
                await request.Content!.LoadIntoBufferAsync(Cancellation);
                return await send(request);
            }),
        _ => new DelegateHandler(
            new DelegateHandler(new HttpClientHandler(), async (request, send) =>
            {
                await request.Content!.LoadIntoBufferAsync(Cancellation);
                return await send(request);
            }),
            async (request, send) =>
            {
                using (await send(request))
                    return await send(request);
            }),
    };

    private static async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, bool withOptions)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync(Cancellation)),
        };
        copy.Content.Headers.ContentType = request.Content.Headers.ContentType;
        if (withOptions)
            foreach (var (name, value) in request.Options)
                ((IDictionary<string, object?>)copy.Options)[name] = value;
        return copy;
    }

    /// <summary>A handler whose code is a delegate; it calls the inner handler by its second parameter.</summary>
    private sealed class DelegateHandler(
        HttpMessageHandler inner, Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> handle)
        : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            handle(request, next => base.SendAsync(next, cancellationToken));
    }
}
