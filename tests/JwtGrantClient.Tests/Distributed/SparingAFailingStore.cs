using JwtGrantClient.Tests.Given;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>After three failures in a row the store is left alone for 10 s; then one call tries it again.</summary>
public sealed class SparingAFailingStore : IDisposable
{
    private readonly KeyFolder _ring = new();
    private readonly FakeTimeProvider _time = new(The.Moment);
    private readonly LogLines _log = new();
    private readonly ObservedCache _cache = new(new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions())));
    private int _subjects;

    [Fact]
    public async Task It_is_called_three_times_and_then_no_more()
    {
        await using var pod = Pod();
        _cache.Failure = new IOException("The store is down.");

        for (var i = 0; i < 10; i++)
            await NewTokenAsync(pod);

        Assert.Equal(3, _cache.Calls);
        Assert.Single(_log.All, line => line.StartsWith("Warning 100 The distributed cache fails; it is left alone for 00:00:10", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_tried_again_after_the_break_to_the_tick()
    {
        await using var pod = Pod();
        _cache.Failure = new IOException("The store is down.");
        for (var i = 0; i < 3; i++)
            await NewTokenAsync(pod);

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        await NewTokenAsync(pod);
        Assert.Equal(3, _cache.Calls);
        _time.Advance(TimeSpan.FromTicks(1));
        await NewTokenAsync(pod);
        await NewTokenAsync(pod);

        Assert.Equal(4, _cache.Calls);
    }

    [Fact]
    public async Task It_is_used_again_when_it_is_back()
    {
        await using var pod = Pod();
        _cache.Failure = new IOException("The store is down.");
        for (var i = 0; i < 3; i++)
            await NewTokenAsync(pod);
        _cache.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(10));

        await NewTokenAsync(pod);
        await _cache.StoredAsync();

        Assert.Contains("Information 101 The distributed cache is back", _log.All);
        _cache.Failure = new IOException("The store is down.");
        await NewTokenAsync(pod);
        var calls = _cache.Calls;
        _cache.Failure = null;
        await NewTokenAsync(pod);
        Assert.True(_cache.Calls > calls);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        var builder = new ServiceCollection().AddJwtGrantClient("reports", SomeClient.Configure);

        Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(options => options.FailuresBeforeBreak = 0));
        Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(options => options.FailuresBeforeBreak = 101));
        Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(options => options.BreakDuration = TimeSpan.FromSeconds(0.5) - TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(options => options.BreakDuration = TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(options => options.KeyPrefix = null!));
    }

    [Fact]
    public async Task A_container_without_a_cache_is_told()
    {
        await using var pod = new ServiceCollection().AddJwtGrantClient("reports", SomeClient.Configure).UseDistributedCache().Services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => pod.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Contains("has no IDistributedCache. Add one", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _log.Dispose();
    }

    // One look in the store each; a failed look and a failed store are two calls, unless the store is left alone.
    private async Task NewTokenAsync(Pod pod)
    {
        var request = new TokenRequest { Subject = $"subject-{_subjects++}" };
        Assert.NotNull(await pod.Tokens.GetTokenAsync(request, TestContext.Current.CancellationToken).AsTask().SoonAsync());
    }

    private Pod Pod() =>
        new(new DirectoryInfo(_ring.Path), services => services.AddSingleton<IDistributedCache>(_cache), new IssuingEndpoint(), _time, log: _log);
}
