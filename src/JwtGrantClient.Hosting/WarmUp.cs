using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Hosting;

/// <summary>Acquires a client's first token before the hosted services of the application start.</summary>
internal sealed partial class WarmUp(string client, ITokenSource tokens, bool failFast, ILogger<WarmUp> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = await tokens.GetTokenAsync(TokenRequest.Default, cancellationToken).ConfigureAwait(false);
            FirstTokenAcquired(client, token.ExpiresAt);
        }
        catch (JwtGrantException e) when (!failFast)
        {
            FirstTokenFailed(client, e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "Client '{Client}' acquired its first token, which expires at {ExpiresAt}")]
    private partial void FirstTokenAcquired(string client, DateTimeOffset expiresAt);

    [LoggerMessage(2, LogLevel.Warning, "Client '{Client}' could not acquire its first token at startup; the first request tries again")]
    private partial void FirstTokenFailed(string client, Exception exception);
}
