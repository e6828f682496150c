using JwtGrantClient;
using JwtGrantClient.Hosting;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Ties clients to the host's start, and to its health checks.</summary>
public static class JwtGrantHostingExtensions
{
    /// <summary>
    /// Acquires the client's first token when the host starts. The server's metadata, the key and the registration are so tried out before
    /// the first request: a key that the metadata rules out, for one, fails here with both lists.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="failFast">Whether a failure stops the host. Default: true. If false it is logged, and the first request tries again.</param>
    public static IJwtGrantClientBuilder AddWarmUp(this IJwtGrantClientBuilder builder, bool failFast = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHostedService>(services => new WarmUp(
            builder.Name, services.GetRequiredKeyedService<ITokenSource>(builder.Name), failFast, services.GetRequiredService<Logging.ILogger<WarmUp>>()));
        return builder;
    }

    /// <summary>
    /// Adds a health check of the token of the client as configured. It never calls the server. Healthy: nothing has failed since the last
    /// success; that includes a token nobody asked for yet, or not for long. Degraded: renewing fails, but the token is valid. Unhealthy:
    /// there is no valid token, and acquiring one fails; degraded again as soon as the next request may try, so that a pod that is given none
    /// while it is unhealthy recovers.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="name">The check's name. Default: <c>jwtgrant</c>, followed by a hyphen and the client's name if it has one.</param>
    /// <param name="failureStatus">What is reported for unhealthy. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">To choose checks by. Default: none.</param>
    /// <remarks>
    /// Data: <c>state</c> (valid, stale, expired or none) and, while it fails, <c>failingSince</c>, <c>lastErrorCode</c> (see
    /// <see cref="JwtGrantException.Code"/>), <c>lastError</c> (the OAuth error, where there is one) and <c>nextAttempt</c>. No secret.
    /// </remarks>
    public static IJwtGrantClientBuilder AddHealthCheck(
        this IJwtGrantClientBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHealthChecks().Add(new(
            name ?? (builder.Name.Length == 0 ? "jwtgrant" : $"jwtgrant-{builder.Name}"),
            services => new TokenHealthCheck(
                builder.Name, services.GetRequiredService<ClientRegistry>(), services.GetService<TimeProvider>() ?? TimeProvider.System),
            failureStatus,
            tags));
        return builder;
    }
}
