using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Assertions;

public sealed class CachedAssertionProviderTests
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly CachedAssertionProvider _kept;
    private int _made;

    public CachedAssertionProviderTests() => _kept = new(MakeAsync, _clock);

    [Fact]
    public async Task Hands_out_one_until_four_fifths_of_its_life_are_over()
    {
        var first = await ProvideAsync();
        _clock.Advance(Life * 0.8 - TimeSpan.FromTicks(1));
        Assert.Same(first, await ProvideAsync());

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.NotSame(first, await ProvideAsync());
        Assert.Equal(2, _made);
    }

    [Fact]
    public async Task Makes_a_new_one_after_a_refusal()
    {
        var first = await ProvideAsync();

        _kept.Forget();

        Assert.NotSame(first, await ProvideAsync());
    }

    private Task<Assertion> ProvideAsync() => _kept.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken).AsTask();

    private ValueTask<Assertion> MakeAsync(AssertionContext context, CancellationToken cancellationToken) =>
        new(new Assertion($"jwt-{++_made}", AssertionTypes.Jwt, _clock.GetUtcNow() + Life));
}
