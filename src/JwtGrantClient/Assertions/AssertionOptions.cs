namespace JwtGrantClient;

/// <summary>The assertion that is the grant (RFC 7523 section 2.1).</summary>
public sealed class AssertionOptions
{
    /// <summary>The <c>iss</c> claim. Default: the client's id.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>sub</c> claim: on whose behalf. Default: the assertion's issuer. A token request's subject goes before it.</summary>
    public string? Subject { get; set; }

    /// <summary>The <c>aud</c> claim, sent byte for byte. Default: the client's Issuer, else its TokenEndpoint as configured.</summary>
    public string? Audience { get; set; }

    /// <summary>
    /// From <c>iat</c> to <c>exp</c>: whole seconds, 1 s to 15 min; up to 1 h with <see cref="AllowLongLifetime"/>. Default: 2 min.
    /// </summary>
    public TimeSpan? Lifetime { get; set; }

    /// <summary>Allows a <see cref="Lifetime"/> of up to 1 h, for a server whose clock is far off. Default: false.</summary>
    public bool AllowLongLifetime { get; set; }

    /// <summary>
    /// A file with a JWT that somebody else signs and renews, sent unchanged as the grant; read for every attempt. No key is needed then,
    /// and the other settings of this section have no place. Default: none; the library signs.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>
    /// Further claims. From configuration: strings and arrays of strings. By code also bool, int, long, double and
    /// <see cref="System.Text.Json.JsonElement"/>. A registered claim (iss, sub, aud, exp, nbf, iat, jti) may not be named.
    /// </summary>
    public IDictionary<string, object> Claims { get; set; } = new Dictionary<string, object>(StringComparer.Ordinal);
}
