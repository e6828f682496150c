namespace JwtGrantClient.Assertions;

/// <summary>
/// Hands out one assertion until four fifths of its life are over: only where the server allows reuse, as Apple does for the JWT that
/// stands in for a client secret. Two callers may both make the next one; either will do.
/// </summary>
internal sealed class CachedAssertionProvider(AssertionProvider inner, TimeProvider clock)
{
    private const double KeptShare = 0.8;

    private volatile Kept? _kept;

    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_kept is { } kept && now < kept.Until)
            return kept.Assertion;
        var assertion = await inner(context, cancellationToken).ConfigureAwait(false);
        _kept = new(assertion, now + (assertion.ExpiresAt - now) * KeptShare);
        return assertion;
    }

    /// <summary>Makes the next call make a new one: the server refused the last.</summary>
    public void Forget() => _kept = null;

    private sealed record Kept(Assertion Assertion, DateTimeOffset Until);
}
