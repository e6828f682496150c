namespace JwtGrantClient.Caching;

/// <summary>
/// What a slot needs only while a token is on its way, the server fails or an API has refused a token: made for that time, so that a
/// hundred thousand identities at rest stay small. Guarded by the slot's lock.
/// </summary>
internal sealed class RefreshState(CacheContext context)
{
    public InvalidationThrottle Brake;

    /// <summary>The acquisition under way.</summary>
    public Task<AccessToken>? Flight { get; set; }

    /// <summary>How many callers wait for it.</summary>
    public int Waiting { get; set; }

    /// <summary>The token that an API refused, until there is another one.</summary>
    public AccessToken? Rejected { get; set; }

    public RefreshBackoff Gate { get; } = new(context.Gates, context.Random);

    /// <summary>Whether the next call would go as if nothing had been.</summary>
    public bool IsOverAt(long now) => Flight is null && Gate.IsOpenAt(now) && !Brake.IsOnAt(now);
}
