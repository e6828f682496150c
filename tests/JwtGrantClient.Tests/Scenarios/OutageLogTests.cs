using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The log of a whole client during an outage of ten minutes: 20 users call it every five seconds. 444 of 662 lines were stack frames.</summary>
public sealed class OutageLogTests : IDisposable
{
    private const int Users = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5), Outage = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly LogLines _log = new();

    [Fact]
    public async Task An_outage_has_one_stack_trace_and_warnings_at_growing_intervals()
    {
        await using var services = Build();
        var tokens = services.GetRequiredKeyedService<ITokenSource>("reports");
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _endpoint.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        for (var elapsed = TimeSpan.Zero; elapsed < Outage; elapsed += Interval)
        {
            for (var user = 0; user < Users; user++)
                await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(tokens, user));
            _time.Advance(Interval);
        }
        _endpoint.ResponseOverride = _ => null;
        _time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync(tokens, 0);

        Assert.Single(_log.All, line => line.Contains("\n   at ", StringComparison.Ordinal));
        Assert.Equal(1, _log.All.Count(line => line.Contains('\n', StringComparison.Ordinal)));
        // At the start, and 1, 3 and 7 minutes later.
        Assert.Equal([17, 17, 17, 17], Warnings().Where(id => id != 12));
        Assert.Single(Warnings(), 12);
        Assert.Equal([19], Information().Where(id => id is 18 or 19).Take(1));
        Assert.Single(Information(), 18);
        Assert.InRange(_log.All.Count(line => !line.StartsWith("Debug", StringComparison.Ordinal)), 10, 200);
    }

    public void Dispose() => _log.Dispose();

    private IEnumerable<int> Warnings() => EventIds("Warning ");

    private IEnumerable<int> Information() => EventIds("Information ");

    private IEnumerable<int> EventIds(string level) => _log.All.Where(line => line.StartsWith(level, StringComparison.Ordinal)).Select(line => int.Parse(
        line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

    private static Task<AccessToken> GetAsync(ITokenSource tokens, int user) =>
        tokens.GetTokenAsync(new TokenRequest { Subject = $"user-{user}" }, TestContext.Current.CancellationToken).AsTask().WithTimeout();

    private ServiceProvider Build()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_log)).AddSingleton<TimeProvider>(_time);
        services.AddTestClient("reports", _endpoint);
        // A retry would wait for the fake clock.
        services.Configure<JwtGrantOptions>("reports", options => options.Retry.MaxRetryAttempts = 0);
        return services.BuildServiceProvider();
    }
}
