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
    /// Acquires the client's first tokens when the host starts, before its hosted services start. A wrong key, a missing registration at the
    /// server, or an algorithm that the server's metadata does not support is found at startup and not by the first request.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="failFast">
    /// Whether a failure stops the start of the host with a <see cref="JwtGrantException"/>, or with the exception of a signer or a handler of the
    /// application. If false, the failure is logged, and the first request tries again. Default: true.
    /// </param>
    /// <param name="requests">
    /// What the tokens are for. Include <see cref="TokenRequest.Default"/> if the token of the client as configured is one of them. Default: null, which
    /// means that token alone.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="requests"/> is empty or contains null.</exception>
    /// <example>
    /// <code>
    /// builder.Services
    ///     .AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"))
    ///     .AddWarmUp(requests: [TokenRequest.Default, new() { Scope = "reports.write" }]);
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddWarmUp(
        this IJwtGrantClientBuilder builder, bool failFast = true, IEnumerable<TokenRequest>? requests = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var requested = RequestedTokens.From(requests);
        builder.Services.AddSingleton<IHostedService>(services => new WarmUp(
            builder.Name, requested, services, failFast, new NonThrowingLogger(services.GetRequiredService<Logging.ILogger<WarmUp>>())));
        return builder;
    }

    /// <summary>
    /// Adds a health check that reports whether the client gets its tokens. It reads memory and never calls the server.
    /// </summary>
    /// <remarks>
    /// A failure counts for all requests of the client if it concerns the server or the client, such as a server that cannot be reached, a 5xx response,
    /// invalid_client or a key that cannot be read. The next token of any request ends it. A failure that concerns a single request, such as
    /// invalid_grant for one user, counts only for the token requests that the health check has.
    /// <list type="bullet">
    /// <item><description>
    /// Healthy: no acquisition has failed since the last success. This includes a token that was never requested, or not for a long time.
    /// </description></item>
    /// <item><description>
    /// Degraded: only refreshes fail, and their tokens are valid. Also: there is no valid token, and the next request may try again, so
    /// that a pod that gets no requests while it is unhealthy recovers.
    /// </description></item>
    /// <item><description>
    /// Unhealthy: there is no valid token after a failure, and an attempt is under way or the backoff has not ended. Also: the options are not
    /// valid.
    /// </description></item>
    /// </list>
    /// The data contains <c>state</c> (valid, stale, expired or none; of several tokens the worst). After a failure it also contains
    /// <c>failingSince</c>, <c>failures</c> (their number since the last success), <c>lastErrorCode</c> (<see cref="JwtGrantException.Code"/>), <c>lastError</c> (the OAuth error, if the server sent one) and
    /// <c>nextAttempt</c>. It contains no secret.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="name">
    /// The name of the health check. Default: null, which means <c>jwtgrant</c>, followed by a hyphen and the client's name if it has one.
    /// </param>
    /// <param name="failureStatus">The status that is reported for unhealthy. Default: null, which means <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">The tags of the health check. Default: none.</param>
    /// <param name="requests">
    /// The token requests whose tokens are reported. Default: null, which means <see cref="TokenRequest.Default"/>, the client as configured.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="requests"/> is empty or contains null.</exception>
    /// <example>
    /// <code>
    /// builder.Services
    ///     .AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"))
    ///     .AddHealthCheck(tags: ["ready"]);
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddHealthCheck(
        this IJwtGrantClientBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null,
        IEnumerable<TokenRequest>? requests = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var requested = RequestedTokens.From(requests);
        builder.Services.AddHealthChecks().Add(new(
            name ?? (builder.Name.Length == 0 ? "jwtgrant" : $"jwtgrant-{builder.Name}"),
            services => new TokenHealthCheck(
                builder.Name, requested, services.GetRequiredService<ClientRegistry>(), services.GetService<TimeProvider>() ?? TimeProvider.System),
            failureStatus,
            tags));
        return builder;
    }
}
