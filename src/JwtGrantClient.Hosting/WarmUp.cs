using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Hosting;

/// <summary>Acquires a client's first tokens before the hosted services of the application start.</summary>
internal sealed partial class WarmUp(
    string client, IReadOnlyList<TokenRequest> requests, IServiceProvider services, bool failFast, ILogger logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        ITokenSource? tokens = null;
        try
        {
            // The client is composed here: a signer or a key that fails is a failure of the warm-up, too.
            tokens = services.GetRequiredKeyedService<ITokenSource>(client);
            var acquired = await Task.WhenAll(requests.Select(request => tokens.GetTokenAsync(request, cancellationToken).AsTask())).ConfigureAwait(false);
            TokensAcquired(client, acquired.Length, new(acquired.Min(token => token.ExpiresAt)));
        }
#pragma warning disable CA1031 // A signer or a handler of the application may throw any exception.
        catch (Exception e) when (!failFast && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // The log of the client has the whole error of an acquisition.
            WarmUpFailed(client, new(e), tokens is not null && e is JwtGrantException ? null : e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "Client '{Client}' is ready. Tokens acquired at startup: {Tokens}; the first one expires at {ExpiresAt}")]
    private partial void TokensAcquired(string client, object tokens, UtcTime expiresAt);

    [LoggerMessage(2, LogLevel.Warning, "Client '{Client}' could not acquire its first tokens at startup; the first request tries again. {Error}")]
    private partial void WarmUpFailed(string client, ErrorLine error, Exception? exception);
}
