namespace JwtGrantClient;

/// <summary>The assertion that authenticates the client (RFC 7523 section 2.2, as updated by RFC 10070).</summary>
public sealed class ClientAssertionOptions
{
    /// <summary>
    /// The <c>iss</c> claim. Default: the client's id (OpenID Connect Core section 9); Sign in with Apple wants the team's id.
    /// </summary>
    public string? Issuer { get; set; }

    /// <summary>
    /// The <c>aud</c> claim: one string, sent byte for byte. Default: the client's Issuer (RFC 10070). A server that wants something
    /// else, such as its token endpoint's URL, gets it as a literal here.
    /// </summary>
    public string? Audience { get; set; }

    /// <summary>The <c>typ</c> header. Default: <c>client-authentication+jwt</c> (RFC 10070); some older servers want <c>JWT</c>.</summary>
    public string? Type { get; set; }

    /// <summary>
    /// From <c>iat</c> to <c>exp</c>: whole seconds, 1 s to 15 min; up to 1 h with <see cref="AllowLongLifetime"/>. Default: 2 min. With
    /// JwtAsClientSecret: 5 min to 15,777,000 s (half a year); default 1 day.
    /// </summary>
    public TimeSpan? Lifetime { get; set; }

    /// <summary>Allows a <see cref="Lifetime"/> of up to 1 h. Default: false.</summary>
    public bool AllowLongLifetime { get; set; }

    /// <summary>
    /// A file with a JWT that somebody else signs and renews, sent unchanged: a Kubernetes projected token, a SPIFFE JWT-SVID. Read for
    /// every attempt. No key and no ClientId is needed then. Default: none; the library signs.
    /// </summary>
    public string? TokenFile { get; set; }

    /// <summary>
    /// The <c>client_assertion_type</c> that goes with <see cref="TokenFile"/>. Default:
    /// <c>urn:ietf:params:oauth:client-assertion-type:jwt-bearer</c>; for a SPIFFE JWT-SVID
    /// <c>urn:ietf:params:oauth:client-assertion-type:jwt-spiffe</c>.
    /// </summary>
    public string? AssertionType { get; set; }

    /// <summary>The key of this assertion, where it differs from the client's SigningKey. Default: the client's SigningKey.</summary>
    public SigningKeyOptions? SigningKey { get; set; }
}
