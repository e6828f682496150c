using System.Globalization;
using System.Runtime.CompilerServices;
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
    /// Shares the client's tokens with all processes that use the same <see cref="IDistributedCache"/>: a process that must refresh a token
    /// looks there first, so the first process due refreshes the token for all. Entries are encrypted and authenticated by Data Protection,
    /// each for its own key.
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
        Validate(options);
        builder.Services.AddDataProtection();
        return builder.UseSharedTokenStore(services =>
        {
            var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
            var logger = services.GetService<ILoggerFactory>()?.CreateLogger(Log.Category) ?? NullLogger.Instance;
            return new DistributedTokenStore(
                services.GetService<IDistributedCache>() ?? throw new InvalidOperationException(
                    $"The JwtGrantClient '{builder.Name}' is to share its tokens, but the container has no IDistributedCache. " +
                    "Add one, such as AddStackExchangeRedisCache of Microsoft.Extensions.Caching.StackExchangeRedis, or leave UseDistributedCache out."),
                services.GetRequiredService<IDataProtectionProvider>(),
                new StoreCircuitBreaker(options, time, logger),
                new UnreadableEntryLog(time, logger),
                options.KeyPrefix);
        });
    }

    // Here and not when the client is made, so that the error points to the line that configures. Each range is within Polly's own.
    private static void Validate(DistributedTokenOptions options)
    {
        if (options.KeyPrefix is null)
            throw new ArgumentException("KeyPrefix is null; for none, set it to an empty text.", nameof(options));
        EnsureInRange(options.FailureRatio, 0.01, 1);
        EnsureInRange(options.MinimumThroughput, 2, 10_000);
        EnsureInRange(options.SamplingDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromDays(1));
        EnsureInRange(options.BreakDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(10));

        // NaN compares as less than every number.
        static void EnsureInRange<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string setting = "")
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{setting[(setting.IndexOf('.', StringComparison.Ordinal) + 1)..]} is {value}; expected {least} to {most}."),
                    nameof(options));
            }
        }
    }
}
