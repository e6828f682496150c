using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Revocation;

/// <summary>A client that is disposed revokes many tokens within 5 s.</summary>
public sealed class RevokeOnDisposeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _tokens, _pending, _expected;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_are_revoked_several_at_once()
    {
        var client = CreateClient(_ => _arrived.Task);
        await CacheTokensAsync(client, 20);

        // Each revocation waits until all of them have been requested.
        _expected = 20;
        await client.DisposeAsync().AsTask().WithTimeout();

        Assert.Equal(20, _pending);
        Assert.DoesNotContain(_log.All, line => line.StartsWith("Warning 8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_most_32_revocations_are_under_way()
    {
        var client = CreateClient(cancellation => new TaskCompletionSource().Task.WaitAsync(cancellation));
        await CacheTokensAsync(client, 40);
        _expected = 32;
        var disposal = client.DisposeAsync().AsTask();
        await _arrived.Task.WithTimeout();

        _time.Advance(TimeSpan.FromSeconds(5));
        await disposal.WithTimeout();

        Assert.Equal(32, _pending);
        Assert.Contains(_log.All, line => line.StartsWith(
            "Warning 8 Client '' could not revoke 40 of 40 tokens when it was disposed; they stay valid until they expire", StringComparison.Ordinal));
        Assert.Single(_log.All, line => line.StartsWith("Warning 8", StringComparison.Ordinal));
    }

    public void Dispose() => _log.Dispose();

    private static async Task CacheTokensAsync(JwtGrantTokenSource client, int count)
    {
        for (var i = 0; i < count; i++)
            await client.GetTokenAsync(new TokenRequest { Subject = $"user-{i}" }, Cancellation);
    }

    private JwtGrantTokenSource CreateClient(Func<CancellationToken, Task> revoke)
    {
        var options = TestClient.Options();
        (options.RevocationEndpoint, options.RevokeOnDispose) = ("https://as.example.com/revoke", true);
        var handler = new StubHandler(async (request, cancellationToken) =>
        {
            if (request.RequestUri!.AbsolutePath == "/token")
                return new(HttpStatusCode.OK) { Content = TokenResponse(Interlocked.Increment(ref _tokens)) };
            if (Interlocked.Increment(ref _pending) == _expected)
                _arrived.SetResult();
            await revoke(cancellationToken);
            return new(HttpStatusCode.OK);
        });
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, timeProvider: _time, loggerFactory: new LoggerFactory([_log]));
    }

    private static StringContent TokenResponse(int number) => new(
        $$"""{"access_token":"token-{{number}}","token_type":"Bearer","expires_in":3600}""", Encoding.UTF8, "application/json");
}
