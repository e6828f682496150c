namespace JwtGrantClient.Assertions;

/// <summary>
/// Hands out one assertion until four fifths of its life are over: only where the server allows reuse, as Apple does for the JWT that
/// stands in for a client secret. Two callers may both make the next one; either will do.
/// </summary>
internal sealed class CachedAssertionProvider(AssertionProvider inner, TimeProvider clock)
{
    private const double ReuseFraction = 0.8;

    private volatile Cached? _cached;

    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_cached is { } cached && now < cached.Until)
            return cached.Assertion;
        var assertion = await inner(context, cancellationToken).ConfigureAwait(false);
        _cached = new(assertion, now + (assertion.ExpiresAt - now) * ReuseFraction);
        return assertion;
    }

    /// <summary>Makes the next call make a new one: the server refused the last.</summary>
    public void Forget() => _cached = null;

    private sealed record Cached(Assertion Assertion, DateTimeOffset Until);
}
