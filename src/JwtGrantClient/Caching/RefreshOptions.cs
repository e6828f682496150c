namespace JwtGrantClient;

/// <summary>
/// When a token is renewed. The refresh point is drawn at random once for each token, so that a fleet that started together does not
/// refresh together.
/// </summary>
public sealed class RefreshOptions
{
    /// <summary>The earliest refresh point, as a fraction of the token's lifetime: 0.1 to <see cref="Latest"/>. Default: 0.50.</summary>
    public double Earliest { get; set; } = 0.50;

    /// <summary>The latest refresh point, as a fraction of the token's lifetime: <see cref="Earliest"/> to 0.95. Default: 0.80.</summary>
    public double Latest { get; set; } = 0.80;

    /// <summary>
    /// How long before its expiry a token is no longer handed out, for clocks that differ: 0 s to 5 min; never more than a tenth of the
    /// token's lifetime. Default: 10 s.
    /// </summary>
    public TimeSpan ExpiryAllowance { get; set; } = TimeSpan.FromSeconds(10);
}
