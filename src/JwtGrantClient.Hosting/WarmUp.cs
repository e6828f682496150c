using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Hosting;

/// <summary>Acquires a client's first token before the application's own services start.</summary>
internal sealed partial class WarmUp(string client, ITokenSource tokens, bool failFast, ILogger<WarmUp> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var token = await tokens.GetTokenAsync(TokenRequest.Default, cancellationToken).ConfigureAwait(false);
            Warm(client, token.ExpiresAt);
        }
        catch (JwtGrantException e) when (!failFast)
        {
            Cold(client, e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "Client '{Client}' has its first token, which expires at {ExpiresAt}")]
    private partial void Warm(string client, DateTimeOffset expiresAt);

    [LoggerMessage(2, LogLevel.Warning, "Client '{Client}' could not acquire its first token at start-up; the first request tries again")]
    private partial void Cold(string client, Exception exception);
}
