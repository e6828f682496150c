namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Returns the first responses of a token endpoint when the server has sent all of them, so that their requests end at the same time.</summary>
/// <param name="requests">How many requests that are.</param>
internal sealed class TogetherHandler(int requests) : DelegatingHandler
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _responses;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Method != HttpMethod.Post)
            return response;
        if (Interlocked.Increment(ref _responses) >= requests)
            _all.TrySetResult();
        await _all.Task.WaitAsync(cancellationToken);
        return response;
    }
}
