namespace JwtGrantClient.Assertions;

/// <summary>
/// Returns the same assertion for 80 percent of its lifetime. Only for servers that allow reuse, such as Apple for the JWT that serves as client
/// secret. Concurrent callers may each create the next assertion; any of them is valid.
/// </summary>
internal sealed class CachedAssertionProvider(AssertionProvider inner, TimeProvider clock)
{
    private const double ReuseFraction = 0.8;

    private volatile Cached? _cached;

    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_cached is { } cached && now < cached.ReuseUntil)
            return cached.Assertion;
        var assertion = await inner(context, cancellationToken).ConfigureAwait(false);
        _cached = new(assertion, now + (assertion.ExpiresAt - now) * ReuseFraction);
        return assertion;
    }

    /// <summary>Invalidates the cached assertion, because the server rejected it. The next call creates a new one.</summary>
    public void Invalidate() => _cached = null;

    private sealed record Cached(Assertion Assertion, DateTimeOffset ReuseUntil);
}
