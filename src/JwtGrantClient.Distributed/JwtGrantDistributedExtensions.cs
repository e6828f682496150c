using System.Globalization;
using System.Runtime.CompilerServices;
using JwtGrantClient;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Distributed;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that share a client's tokens with other processes.</summary>
public static class JwtGrantDistributedExtensions
{
    /// <summary>
    /// Shares the client's tokens with all processes that use the same <see cref="IDistributedCache"/>. A process that must refresh a token
    /// reads the cache first, so the first process due refreshes the token for all.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Data Protection encrypts and authenticates each entry for its key. The processes must share the Data Protection application name
    /// (SetApplicationName) and key ring. If they do not, no process can read the entries of the others, and each gets its tokens from the
    /// token endpoint.
    /// </para>
    /// <para>
    /// Clients share a token only if all settings that determine it are equal. If code provides or edits the assertions,
    /// <see cref="CacheOptions.SharingName"/> is required.
    /// </para>
    /// <para>
    /// The cache is optional at run time: if it fails, or is slower than <see cref="CacheOptions.StoreTimeout"/>, tokens come from the token
    /// endpoint.
    /// </para>
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes the options. Default: the default options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddStackExchangeRedisCache(redis => redis.Configuration = "redis.internal:6379");
    /// builder.Services.AddDataProtection()
    ///     .SetApplicationName("reports")
    ///     .PersistKeysToFileSystem(new DirectoryInfo("/var/lib/reports/key-ring"));
    /// builder.Services
    ///     .AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"))
    ///     .UseDistributedCache();
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder UseDistributedCache(
        this IJwtGrantClientBuilder builder, Action<DistributedTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new DistributedTokenOptions();
        configure?.Invoke(options);
        Validate(options);
        builder.Services.AddDataProtection();
        return builder.UseSharedTokenStore(services =>
        {
            var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
            var logger = NonThrowingLogger.Create(services.GetService<ILoggerFactory>());
            return new DistributedTokenStore(
                services.GetService<IDistributedCache>() ?? throw new InvalidOperationException(
                    $"The JwtGrantClient '{builder.Name}' is configured to share its tokens, but the container has no IDistributedCache. " +
                    "Add one, for example with AddStackExchangeRedisCache of Microsoft.Extensions.Caching.StackExchangeRedis, or remove UseDistributedCache."),
                services.GetRequiredService<IDataProtectionProvider>(),
                new StoreCircuitBreaker(options, time, logger),
                new UnreadableEntryLog(time, logger),
                options.KeyPrefix);
        });
    }

    // Validates when UseDistributedCache is called and not when the client is created, so that the stack trace contains the call. Each range is
    // within Polly's range.
    private static void Validate(DistributedTokenOptions options)
    {
        if (options.KeyPrefix is null)
            throw new ArgumentException("KeyPrefix is null; for no prefix, set it to an empty string.", nameof(options));
        EnsureInRange(options.FailureRatio, 0.01, 1);
        EnsureInRange(options.MinimumThroughput, 2, 10_000);
        EnsureInRange(options.SamplingDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromDays(1));
        EnsureInRange(options.BreakDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(10));

        // CompareTo orders NaN before every number, so NaN is outside of every range.
        static void EnsureInRange<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string expression = "")
            where T : IComparable<T>
        {
            if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{expression[(expression.IndexOf('.', StringComparison.Ordinal) + 1)..]} is {value}; expected {min} to {max}."),
                    nameof(options));
            }
        }
    }
}
