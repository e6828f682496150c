using System.Net;
using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Faults;

/// <summary>A time in which the token endpoint responds in one way.</summary>
/// <param name="To">Its end, in ticks.</param>
/// <param name="Status">The status of the response; null if connections are refused.</param>
/// <param name="RetryAfter">The Retry-After of the response; null for none.</param>
internal sealed record FaultPeriod(long To, HttpStatusCode? Status, TimeSpan? RetryAfter)
{
    public bool IsHealthy => Status == HttpStatusCode.OK;
}

/// <summary>
/// A random history of a token endpoint: periods in which it works, and periods in which it responds 503 or 429, with or without Retry-After, or refuses
/// connections. The last period is healthy and long enough for every client to recover.
/// </summary>
internal sealed class FaultHistory
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(2), HealthyEnd = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan[] Lifetimes = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)];
    private static readonly HttpStatusCode?[] Faults = [HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests, null];

    private static readonly TimeSpan?[] RetryAfters =
        [null, TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)];

    public FaultHistory(SeededRandom random)
    {
        TokenLifetime = Pick(Lifetimes);
        for (long end = 0; end < Length.Ticks;)
        {
            Periods.Add(new(end += Seconds(5, 600), HttpStatusCode.OK, null));
            var fault = Pick(Faults);
            Periods.Add(new(end += Seconds(5, 1200), fault, fault is null ? null : Pick(RetryAfters)));
        }
        Periods.Add(new(Periods[^1].To + HealthyEnd.Ticks, HttpStatusCode.OK, null));

        T Pick<T>(T[] values) => values[(int)(random.Next() * values.Length)];

        long Seconds(int from, int to) => (long)((from + random.Next() * (to - from)) * TimeSpan.TicksPerSecond);
    }

    public TimeSpan TokenLifetime { get; }

    public List<FaultPeriod> Periods { get; } = [];

    public long End => Periods[^1].To;

    public FaultPeriod At(long now) => Periods.First(period => now < period.To);
}
