using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>After three failures in a row the store is left alone for 10 s; then one call tries it again.</summary>
public sealed class SparingAFailingStore : IDisposable
{
    private static readonly IOException Down = new("The store is down.");

    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly StoreBreaker _breaker;
    private int _calls;

    public SparingAFailingStore() => _breaker = new(new DistributedTokenOptions(), _time, _log);

    [Fact]
    public async Task It_is_called_three_times_and_then_no_more()
    {
        for (var i = 0; i < 10; i++)
            await CallAsync(Down);

        Assert.Equal(3, _calls);
        Assert.Single(_log.All, line => line.StartsWith("Warning 100 The distributed cache fails; it is left alone for 00:00:10", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_tried_again_after_the_break_to_the_tick_by_one_call()
    {
        for (var i = 0; i < 3; i++)
            await CallAsync(Down);

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        await CallAsync(Down);
        Assert.Equal(3, _calls);
        _time.Advance(TimeSpan.FromTicks(1));
        await CallAsync(Down);
        await CallAsync(Down);

        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task While_one_call_tries_it_the_others_go_on_without()
    {
        for (var i = 0; i < 3; i++)
            await CallAsync(Down);
        _time.Advance(TimeSpan.FromSeconds(10));
        var answer = new TaskCompletionSource<string>();

        var trying = _breaker.CallAsync(_ => answer.Task, TestContext.Current.CancellationToken).AsTask();
        Assert.Null(await CallAsync());
        answer.SetResult("back");

        Assert.Equal("back", await trying.WithTimeout());
        Assert.Equal("an answer", await CallAsync());
    }

    [Fact]
    public async Task It_is_used_again_when_it_is_back_and_counts_anew()
    {
        for (var i = 0; i < 3; i++)
            await CallAsync(Down);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("an answer", await CallAsync());
        Assert.Contains("Information 101 The distributed cache is back", _log.All);
        await CallAsync(Down);
        await CallAsync(Down);

        Assert.Equal("an answer", await CallAsync());
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

    public void Dispose() => _log.Dispose();

    private async Task<string?> CallAsync(Exception? failure = null)
    {
        try
        {
            return await _breaker.CallAsync(
                _ =>
                {
                    _calls++;
                    return failure is null ? Task.FromResult("an answer") : Task.FromException<string>(failure);
                },
                TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
