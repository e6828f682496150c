using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Hosting;

/// <summary>Acquires a client's first token before the hosted services of the application start.</summary>
internal sealed partial class WarmUp(string client, IServiceProvider services, bool failFast, ILogger logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The client is composed here: a signer or a key that fails is a failure of the warm-up, too.
            var token = await services.GetRequiredKeyedService<ITokenSource>(client).GetTokenAsync(TokenRequest.Default, cancellationToken).ConfigureAwait(false);
            FirstTokenAcquired(client, token.ExpiresAt);
        }
#pragma warning disable CA1031 // A signer or a handler of the application may throw any exception.
        catch (Exception e) when (!failFast && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
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
