namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A stub for the last handler of a pipeline, for tests of the handlers before it. Tests that can use a server do not use it.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> respond) : HttpMessageHandler
{
    private int _calls;

    public StubHandler(Func<HttpRequestMessage, HttpResponseMessage> respond)
        : this((request, _) => Task.FromResult(respond(request)))
    {
    }

    public int Calls => Volatile.Read(ref _calls);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var response = await respond(request, cancellationToken);
        response.RequestMessage ??= request;
        return response;
    }
}
