using System.Threading.Channels;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A token source in which each call waits until the test completes it.</summary>
internal sealed class ControlledTokenSource : ITokenSource
{
    private readonly Channel<ControlledCall> _calls = Channel.CreateUnbounded<ControlledCall>();
    private int _count;

    /// <summary>The number of calls, which is the number of token requests.</summary>
    public int Calls => Volatile.Read(ref _count);

    public async ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        var call = new ControlledCall(request, cancellationToken);
        Interlocked.Increment(ref _count);
        _calls.Writer.TryWrite(call);
        return await call.Response;
    }

    /// <summary>Returns the next call, or waits for it.</summary>
    public Task<ControlledCall> NextCallAsync() => _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();
}

/// <summary>One call of a <see cref="ControlledTokenSource"/>.</summary>
internal sealed class ControlledCall(TokenRequest request, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<AccessToken> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TokenRequest Request => request;

    public CancellationToken CancellationToken => cancellationToken;

    public Task<AccessToken> Response => _response.Task;

    public void Return(AccessToken token) => _response.SetResult(token);

    public void Fail(Exception error) => _response.SetException(error);
}
