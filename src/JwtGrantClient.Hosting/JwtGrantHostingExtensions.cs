using JwtGrantClient;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Hosting;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that acquire a client's token when the host starts, and add its health check.</summary>
public static class JwtGrantHostingExtensions
{
    /// <summary>
    /// Acquires the client's first token when the host starts, before its hosted services start. A wrong key, a missing registration at the
    /// server, or an algorithm that the server's metadata does not support is found at startup and not by the first request.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="failFast">
    /// Whether a failure stops the start of the host with a <see cref="JwtGrantException"/>, or with the exception of a signer or a handler of the
    /// application. If false, the failure is logged, and the first request tries again. Default: true.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services
    ///     .AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"))
    ///     .AddWarmUp();
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddWarmUp(this IJwtGrantClientBuilder builder, bool failFast = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHostedService>(services => new WarmUp(
            builder.Name, services, failFast, new NonThrowingLogger(services.GetRequiredService<Logging.ILogger<WarmUp>>())));
        return builder;
    }

    /// <summary>
    /// Adds a health check that reports the status of the client's cached token. It never calls the server.
    /// </summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item><description>
    /// Healthy: no acquisition has failed since the last success. This includes a token that was never requested, or not for a long time.
    /// </description></item>
    /// <item><description>
    /// Degraded: the token is valid, but refreshing it fails. Also: there is no valid token, and the next request may try again, so that a pod
    /// that gets no requests while it is unhealthy recovers.
    /// </description></item>
    /// <item><description>
    /// Unhealthy: there is no valid token after a failure, and an attempt is under way or the backoff has not ended. Also: the options are not
    /// valid.
    /// </description></item>
    /// </list>
    /// The data contains <c>state</c> (valid, stale, expired or none). After a failure it also contains <c>failingSince</c>,
    /// <c>lastErrorCode</c> (<see cref="JwtGrantException.Code"/>), <c>lastError</c> (the OAuth error, if the server sent one) and
    /// <c>nextAttempt</c>. It contains no secret.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="name">
    /// The name of the health check. Default: null, which means <c>jwtgrant</c>, followed by a hyphen and the client's name if it has one.
    /// </param>
    /// <param name="failureStatus">The status that is reported for unhealthy. Default: null, which means <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The tags of the health check. Default: none.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services
    ///     .AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"))
    ///     .AddHealthCheck(tags: ["ready"]);
    /// </code>
    /// </example>
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
