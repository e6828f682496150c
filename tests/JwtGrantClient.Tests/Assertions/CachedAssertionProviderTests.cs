using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Assertions;

public sealed class CachedAssertionProviderTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly CachedAssertionProvider _provider;
    private int _created;

    public CachedAssertionProviderTests() => _provider = new(CreateAsync, _clock);

    [Fact]
    public async Task An_assertion_is_reused_for_four_fifths_of_its_lifetime()
    {
        var first = await ProvideAsync();
        _clock.Advance(Lifetime * 0.8 - TimeSpan.FromTicks(1));
        Assert.Same(first, await ProvideAsync());

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.NotSame(first, await ProvideAsync());
        Assert.Equal(2, _created);
    }

    [Fact]
    public async Task A_new_assertion_is_created_after_a_rejection()
    {
        var first = await ProvideAsync();

        _provider.Invalidate();

        Assert.NotSame(first, await ProvideAsync());
    }

    private Task<Assertion> ProvideAsync() => _provider.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken).AsTask();

    private ValueTask<Assertion> CreateAsync(AssertionContext context, CancellationToken cancellationToken) =>
        new(new Assertion($"jwt-{++_created}", AssertionTypes.Jwt, _clock.GetUtcNow() + Lifetime));
}
