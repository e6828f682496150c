namespace JwtGrantClient.Testing.Judging;

/// <summary>By what an assertion is judged: the server's names and the settings that make rules stricter.</summary>
internal sealed record JudgingRules(string Issuer, string TokenEndpoint, StrictAuthorizationServerOptions Options)
{
    public TimeProvider Clock => Options.TimeProvider;

    /// <summary>Now as a NumericDate (RFC 7519 section 2), exact to the tick.</summary>
    public decimal Now => (decimal)(Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    public decimal MaximumLifetime => Seconds(Options.MaxAssertionLifetime);

    public decimal Skew => Seconds(Options.ClockSkew);

    private static decimal Seconds(TimeSpan span) => (decimal)span.Ticks / TimeSpan.TicksPerSecond;
}
