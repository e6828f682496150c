using JwtGrantClient;
using JwtGrantClient.Distributed;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Shares a client's tokens with a fleet.</summary>
public static class JwtGrantDistributedExtensions
{
    /// <summary>
    /// Shares the client's tokens with all processes that use the same <see cref="IDistributedCache"/>: who must renew a token looks there
    /// first, and whose refresh point comes first renews for all. Entries are encrypted and authenticated by Data Protection, each for its
    /// own key.
    /// </summary>
    /// <remarks>
    /// The processes must share Data Protection's key ring and application name: <c>AddDataProtection().SetApplicationName("...")</c> and a
    /// place for the keys that all of them reach. Without it each process finds only entries that it cannot read, and asks the token
    /// endpoint.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public static IJwtGrantClientBuilder UseDistributedCache(
        this IJwtGrantClientBuilder builder, Action<DistributedTokenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new DistributedTokenOptions();
        configure?.Invoke(options);
        Check(options);
        builder.Services.AddDataProtection();
        return builder.UseSharedTokenStore(services => new DistributedTokenStore(
            services.GetService<IDistributedCache>() ?? throw new InvalidOperationException(
                $"The JwtGrantClient '{builder.Name}' is to share its tokens, but the container has no IDistributedCache. Add one, such " +
                "as " +
                "AddStackExchangeRedisCache of Microsoft.Extensions.Caching.StackExchangeRedis, or leave UseDistributedCache out."),
            services.GetRequiredService<IDataProtectionProvider>(),
            new StoreBreaker(options, services.GetService<TimeProvider>() ?? TimeProvider.System, LoggerOf(services)),
            options.KeyPrefix));
    }

    private static ILogger LoggerOf(IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger(Log.Category) ?? NullLogger.Instance;

    private static void Check(DistributedTokenOptions options)
    {
        if (options.KeyPrefix is null)
            throw new ArgumentException("KeyPrefix is null; for none, set it to an empty text.", nameof(options));
        if (options.FailuresBeforeBreak is < 1 or > 100)
            throw new ArgumentException($"FailuresBeforeBreak is {options.FailuresBeforeBreak}; expected 1 to 100.", nameof(options));
        if (options.BreakDuration < TimeSpan.FromSeconds(0.5) || options.BreakDuration > TimeSpan.FromMinutes(10))
            throw new ArgumentException($"BreakDuration is {options.BreakDuration}; expected 00:00:00.5 to 00:10:00.", nameof(options));
    }
}
