namespace JwtGrantClient.Assertions;

/// <summary>How long an assertion may live. Short, because it is a bearer credential until it ends.</summary>
internal static class AssertionLifetime
{
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15), LongLimit = TimeSpan.FromHours(1);

    /// <summary>A JWT in place of a client secret is kept and reused; Apple takes up to 15,777,000 s.</summary>
    public static readonly TimeSpan SecretDefault = TimeSpan.FromDays(1);
    private static readonly TimeSpan SecretShortest = TimeSpan.FromMinutes(5), SecretLongest = TimeSpan.FromSeconds(15_777_000);

    /// <summary>What is wrong with the lifetime of a JWT in place of a client secret, or null where nothing is.</summary>
    public static string? SecretProblem(TimeSpan lifetime) =>
        lifetime < SecretShortest || lifetime > SecretLongest || lifetime.Ticks % TimeSpan.TicksPerSecond != 0
        ? $"is {lifetime}; a JWT in place of a client secret lives whole seconds from {SecretShortest} to {SecretLongest}"
        : null;

    /// <summary>What is wrong with a lifetime, or null where nothing is.</summary>
    public static string? Problem(TimeSpan lifetime, bool allowLong) => lifetime switch
    {
        { Ticks: < TimeSpan.TicksPerSecond } => $"is {lifetime}; the shortest is 00:00:01",
        _ when lifetime.Ticks % TimeSpan.TicksPerSecond != 0 => $"is {lifetime}; an assertion counts whole seconds (RFC 7519 section 2)",
        _ when lifetime > LongLimit => $"is {lifetime}; the longest is {LongLimit}, with AllowLongLifetime",
        _ when lifetime > Limit && !allowLong => $"is {lifetime}; the longest is {Limit}, or {LongLimit} with AllowLongLifetime set to " +
            "true",
        _ => null,
    };
}
