namespace JwtGrantClient.Assertions;

/// <summary>How long an assertion may live. Short, because it is a bearer credential until it ends (STANDARDS C13).</summary>
internal static class AssertionLifetime
{
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15), LongLimit = TimeSpan.FromHours(1);

    /// <summary>What is wrong with a lifetime, or null where nothing is.</summary>
    public static string? Problem(TimeSpan lifetime, bool allowLong) => lifetime switch
    {
        { Ticks: < TimeSpan.TicksPerSecond } => $"is {lifetime}; the shortest is 00:00:01",
        _ when lifetime.Ticks % TimeSpan.TicksPerSecond != 0 => $"is {lifetime}; an assertion counts whole seconds (RFC 7519 section 2)",
        _ when lifetime > LongLimit => $"is {lifetime}; the longest is {LongLimit}, with AllowLongLifetime",
        _ when lifetime > Limit && !allowLong => $"is {lifetime}; the longest is {Limit}, or {LongLimit} with AllowLongLifetime set to true",
        _ => null,
    };
}

/// <summary>Values of the <c>typ</c> header.</summary>
internal static class JwtTypes
{
    /// <summary>RFC 10070; for client authentication only (C08, C09).</summary>
    public const string ClientAuthentication = "client-authentication+jwt";

    /// <summary>RFC 7519 section 5.1; for grants.</summary>
    public const string Jwt = "JWT";
}
