namespace JwtGrantClient.Caching;

/// <summary>A token as it is taken in: with its two moments, and the lifetime that they were drawn from.</summary>
internal readonly record struct CachedToken(AccessToken Token, RefreshSchedule Life, TimeSpan Lifetime)
{
    /// <summary>Takes a token in, and draws its refresh point.</summary>
    /// <exception cref="JwtGrantException">The token is at its end already.</exception>
    public static CachedToken Adopt(AccessToken token, AccessToken? before, CacheContext context)
    {
        var (now, wall) = (context.Clock.NowAfterSleep(), context.Time.GetUtcNow());
        var lifetime = token.Lifetime ?? Longest(token.ExpiresAt - wall, TimeSpan.Zero);
        // The wall clock tells how much of its life a token has spent; from here on only the monotonic clock counts.
        var spent = Math.Clamp((wall - (token.ExpiresAt - lifetime)).Ticks, 0, lifetime.Ticks);
        // With a second level the first to be due renews for all. The root draws few of the fleet to the front, so that hardly another is
        // due while that one waits for its answer: with 10,000 processes 0.07 more in place of 1.5 (REFRESH).
        var drawn = context.Shared is null ? context.Random() : Math.Sqrt(context.Random());
        var life = RefreshSchedule.Draw(now - spent, lifetime, context.Refresh, drawn);
        if (life.At(now) == Freshness.Expired)
            throw new JwtGrantException(
                JwtGrantErrorKind.MalformedResponse, "token_expired_on_arrival",
                $"The token endpoint issued a token that lives {lifetime.TotalSeconds:0.###} s, of which " +
                $"{TimeSpan.FromTicks(spent).TotalSeconds:0.###} s " +
                "had passed when it arrived. Raise the token lifetime at the server, or correct its expires_in.");
        // A server that answers with the token it gave before would otherwise be asked again at once.
        var nothingGained = before is not null && token.ExpiresAt <= before.ExpiresAt;
        return new(token, nothingGained ? life.NotDueBefore(now + context.Refresh.MinimumInterval.Ticks) : life, lifetime);
    }

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
