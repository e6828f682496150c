using System.Diagnostics.Metrics;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Tests.Conventions.Documentation;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Diagnostics;

/// <summary>The metrics that are read when they are collected.</summary>
public sealed class ClientGaugeTests : IDisposable
{
    private readonly CacheFixture _cache = new();
    private readonly Measurements _measurements;

    public ClientGaugeTests() => _measurements = new(_cache.Meter);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_hits_if_they_get_a_cached_token_fresh_or_stale_and_misses_otherwise()
    {
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        _cache.GetWithoutWaiting();
        _cache.GetWithoutWaiting();
        var alice = new TokenRequest { Subject = "alice" };
        await _cache.CacheTokenAsync(CacheFixture.Hour, alice);
        _cache.GetWithoutWaiting(alice);
        _cache.Time.Advance(CacheFixture.HourRefreshAfter);
        _cache.GetWithoutWaiting();

        Assert.Equal(["4 client=reports cache.result=hit", "2 client=reports cache.result=miss"], _measurements.Read("jwtgrantclient.cache.lookups"));
    }

    [Fact]
    public async Task The_remaining_lifetime_is_the_time_until_the_end_of_use()
    {
        Assert.Empty(_measurements.Read("jwtgrantclient.token.remaining_lifetime"));
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        _cache.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["3530 client=reports"], _measurements.Read("jwtgrantclient.token.remaining_lifetime"));
        _cache.Time.Advance(CacheFixture.Hour);
        Assert.Equal(["0 client=reports"], _measurements.Read("jwtgrantclient.token.remaining_lifetime"));
    }

    [Fact]
    public async Task Failures_in_a_row_the_backoff_and_the_availability_are_reported_until_the_next_success()
    {
        var waiting = _cache.GetAsync();
        await _cache.FailRequestAsync(CacheFixture.Unreachable());
        await Assert.ThrowsAsync<JwtGrantException>(() => waiting.WithTimeout());

        Assert.Equal(["1 client=reports"], _measurements.Read("jwtgrantclient.failures"));
        Assert.Equal(["0 client=reports"], _measurements.Read("jwtgrantclient.available"));
        Assert.Equal(["1.5 client=reports"], _measurements.Read("jwtgrantclient.backoff.remaining"));
        _cache.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["1 client=reports"], _measurements.Read("jwtgrantclient.available"));
        await _cache.CacheTokenAsync(CacheFixture.Hour);
        Assert.Equal(["0 client=reports"], _measurements.Read("jwtgrantclient.failures"));
        Assert.Equal(["0 client=reports"], _measurements.Read("jwtgrantclient.backoff.remaining"));
    }

    [Fact]
    public async Task Entries_and_evictions_are_reported()
    {
        using var cache = new CacheFixture(cache: new() { MaxEntries = 2, IdleTime = TimeSpan.FromMinutes(10) });
        using var measurements = new Measurements(cache.Meter);
        foreach (var subject in new[] { "alice", "bob", "carol" })
            await cache.CacheTokenAsync(CacheFixture.Hour, new() { Subject = subject });

        Assert.Equal(["2 client=reports"], measurements.Read("jwtgrantclient.cache.entries"));
        Assert.Equal(["0 client=reports cache.eviction_reason=idle", "1 client=reports cache.eviction_reason=full"], measurements.Read("jwtgrantclient.cache.evictions"));
        cache.Time.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(["0 client=reports"], measurements.Read("jwtgrantclient.cache.entries"));
        Assert.Equal(["2 client=reports cache.eviction_reason=idle", "1 client=reports cache.eviction_reason=full"], measurements.Read("jwtgrantclient.cache.evictions"));
    }

    [Fact]
    public void A_client_that_was_disposed_has_no_measurements()
    {
        Assert.NotEmpty(_measurements.Read("jwtgrantclient.cache.lookups"));

        _cache.Tokens.Dispose();

        Assert.Empty(_measurements.Read("jwtgrantclient.cache.lookups"));
        Assert.Empty(_measurements.Read("jwtgrantclient.failures"));
    }

    [Fact]
    public void A_meter_does_not_keep_a_client_alive()
    {
        using var meter = new Meter("JwtGrantClient");
        var metrics = new TokenMetrics(meter);
        using var measurements = new Measurements(meter);
        AddClient(metrics);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Empty(measurements.Read("jwtgrantclient.cache.lookups"));
    }

    [Fact]
    public async Task The_clients_of_a_container_share_the_instruments()
    {
        var instruments = new List<string>();
        await using var services = Create(services => services.AddTestClient("other", new FakeTokenEndpoint()));
        var meter = services.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    instruments.Add(instrument.Name);
            },
        };
        listener.Start();
        using var measurements = new Measurements(meter);
        foreach (var client in new[] { "reports", "other" })
            await services.GetRequiredKeyedService<ITokenSource>(client).GetTokenAsync(Cancellation);

        Assert.Equal(["0 client=other", "0 client=reports"], measurements.Read("jwtgrantclient.failures").Order());
        Assert.Equal(instruments.Distinct(), instruments);
    }

    [Fact]
    public async Task The_age_of_the_key_and_the_lifetime_of_its_certificate_are_reported()
    {
        var time = new FakeTimeProvider(TestData.Moment);
        await using var services = Create(services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.Configure<JwtGrantOptions>("reports", options => options.SigningKey.Text = TestData.RsaPrivatePem);
        });
        using var measurements = new Measurements(services.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName));
        await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["3600 client=reports key.use=signing"], measurements.Read("jwtgrantclient.signing_key.age"));
        Assert.Empty(measurements.Read("jwtgrantclient.certificate.remaining_lifetime"));
        Assert.Equal(["0 client=reports"], measurements.Read("jwtgrantclient.circuit_breaker.open"));
    }

    [Fact]
    public async Task Each_measurement_has_only_the_tags_of_its_row_in_the_documentation()
    {
        var (seen, stored) = (new Dictionary<string, HashSet<string>>(), new TaskCompletionSource());
        var store = new InMemoryTokenStore { OnStored = () => stored.TrySetResult() };
        var endpoint = new FakeTokenEndpoint { ResponseOverride = number => number > 1 ? FakeTokenEndpoint.ErrorResponse("invalid_client") : null };
        await using var services = Create(
            services =>
            {
                services.ConfigureJwtGrantClient("reports").UseSharedTokenStore(_ => store);
                services.Configure<JwtGrantOptions>("reports", options => options.Scope = "read");
            },
            endpoint);
        var meter = services.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
        listener.Start();
        var tokens = services.GetRequiredKeyedService<ITokenSource>("reports");
        await tokens.GetTokenAsync(Cancellation);
        await stored.Task.WithTimeout();
        await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(new() { Scope = "other" }, Cancellation).AsTask());
        listener.RecordObservableInstruments();

        Assert.All(seen, instrument => Assert.Subset(TelemetryPageTests.TagsOf(instrument.Key).ToHashSet(), instrument.Value));
        Assert.Superset(
            new HashSet<string>
            {
                "jwtgrantclient.acquisitions", "jwtgrantclient.acquisition.duration", "jwtgrantclient.attempt.duration", "jwtgrantclient.wait.duration",
                "jwtgrantclient.signing.duration", "jwtgrantclient.shared_store.duration", "jwtgrantclient.shared_store.lookups", "jwtgrantclient.cache.lookups",
                "jwtgrantclient.token.remaining_lifetime", "jwtgrantclient.failures", "jwtgrantclient.signing_key.age",
            },
            seen.Keys.ToHashSet());

        void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (seen)
            {
                if (!seen.TryGetValue(instrument.Name, out var names))
                    seen[instrument.Name] = names = [];
                foreach (var tag in tags)
                    names.Add(tag.Key);
            }
        }
    }

    [Fact]
    public async Task Health_check_status_and_metrics_agree()
    {
        var (time, fails) = (new FakeTimeProvider(TestData.Moment), false);
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => fails ? FakeTokenEndpoint.ErrorResponse("invalid_client") : null };
        await using var services = Create(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddLogging();
                services.ConfigureJwtGrantClient("reports").AddHealthCheck();
            },
            endpoint);
        using var measurements = new Measurements(services.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName));
        var (tokens, status) = (services.GetRequiredKeyedService<ITokenSource>("reports"), services.GetRequiredKeyedService<ITokenStatusProvider>("reports"));
        var seen = new List<string>();

        await CheckAsync();
        await tokens.GetTokenAsync(Cancellation);
        await CheckAsync();
        fails = true;
        time.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());
        await CheckAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await CheckAsync();
        fails = false;
        await tokens.GetTokenAsync(Cancellation);
        await CheckAsync();

        Assert.Equal(
            ["Healthy Missing Healthy 0 1", "Healthy Fresh Healthy 0 1", "Unavailable Expired Unhealthy 1 0", "AcquisitionFailed Expired Degraded 1 1", "Healthy Fresh Healthy 0 1"],
            seen);

        async Task CheckAsync()
        {
            var (current, report) = (status.GetStatus(), await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation));
            var (failures, available) = (measurements.Read("jwtgrantclient.failures").Single(), measurements.Read("jwtgrantclient.available").Single());
            Assert.Equal(current.Failures, int.Parse(failures.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
            seen.Add($"{current.Health} {current.State} {report.Status} {current.Failures} {available.Split(' ')[0]}");
        }
    }

    public void Dispose()
    {
        _measurements.Dispose();
        _cache.Dispose();
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void AddClient(TokenMetrics metrics) => metrics.Add(new(metrics, "reports", TimeProvider.System) { ReadCache = () => default });

    private static ServiceProvider Create(Action<IServiceCollection> configure, FakeTokenEndpoint? endpoint = null)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddTestClient("reports", endpoint ?? new());
        configure(services);
        return services.BuildServiceProvider();
    }
}
