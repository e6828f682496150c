namespace JwtGrantClient.TokenEndpoint;

/// <summary>What a client is lenient about, where servers differ from RFC 6749 section 5.1.</summary>
/// <param name="DefaultLifetime">The life of a token whose response has no <c>expires_in</c>.</param>
/// <param name="DefaultType">The type of a token whose response has no <c>token_type</c>; null makes that an error.</param>
internal sealed record ResponseRules(TimeSpan DefaultLifetime, string? DefaultType);
