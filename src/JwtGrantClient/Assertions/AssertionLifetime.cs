namespace JwtGrantClient.Assertions;

/// <summary>The rules for the lifetime of an assertion. It is short, because an assertion is a bearer credential until it expires.</summary>
internal static class AssertionLifetime
{
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Maximum = TimeSpan.FromMinutes(15), LongMaximum = TimeSpan.FromHours(1);

    /// <summary>The default for a JWT that serves as client secret. It is reused, so it is longer; Apple accepts up to 15,777,000 s.</summary>
    public static readonly TimeSpan SecretDefault = TimeSpan.FromDays(1);
    private static readonly TimeSpan SecretMinimum = TimeSpan.FromMinutes(5), SecretMaximum = TimeSpan.FromSeconds(15_777_000);

    /// <summary>Returns a description of what is wrong with the lifetime of a JWT that serves as client secret, or null if it is valid.</summary>
    public static string? SecretProblem(TimeSpan lifetime) =>
        lifetime < SecretMinimum || lifetime > SecretMaximum || lifetime.Ticks % TimeSpan.TicksPerSecond != 0
        ? $"is {lifetime}; a JWT that serves as client secret has a lifetime in whole seconds from {SecretMinimum} to {SecretMaximum}"
        : null;

    /// <summary>Returns a description of what is wrong with a lifetime, or null if it is valid.</summary>
    public static string? Problem(TimeSpan lifetime, bool allowLong) => lifetime switch
    {
        { Ticks: < TimeSpan.TicksPerSecond } => $"is {lifetime}; the minimum is 00:00:01",
        _ when lifetime.Ticks % TimeSpan.TicksPerSecond != 0 => $"is {lifetime}; the lifetime of an assertion is in whole seconds (RFC 7519 section 2)",
        _ when lifetime > LongMaximum => $"is {lifetime}; the maximum is {LongMaximum}, with AllowLongLifetime",
        _ when lifetime > Maximum && !allowLong => $"is {lifetime}; the maximum is {Maximum}, or {LongMaximum} with AllowLongLifetime set to true",
        _ => null,
    };
}
