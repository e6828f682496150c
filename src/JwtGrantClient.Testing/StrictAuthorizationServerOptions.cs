namespace JwtGrantClient.Testing;

/// <summary>How the server judges. The defaults are strict; every switch makes it stricter still, or sets a time.</summary>
public sealed class StrictAuthorizationServerOptions
{
    /// <summary>
    /// The issuer identifier, with or without a path: an http or https URL without query and fragment (RFC 8414 section 2). Default: the
    /// address it listens on; in memory <c>https://as.example.com</c>. The endpoints are under it; a listening server
    /// whose issuer is not on loopback has them where it listens.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>The TCP port on 127.0.0.1, 0 to 65535; 0 takes a free one. Default: 0.</summary>
    public int Port { get; init; }

    /// <summary>
    /// How long issued tokens live; more than zero. Default: 5 min. <c>expires_in</c> is rounded down to the second, the token's <c>exp</c>
    /// up.
    /// </summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The longest life of an assertion from its <c>iat</c> to its <c>exp</c>; more than zero. Default: 300 s. From now to its <c>exp</c>
    /// it is <see cref="FutureTolerance"/> longer, for the client's clock may be ahead.
    /// </summary>
    public TimeSpan MaxAssertionLifetime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long after its <c>exp</c> an assertion is still accepted; not negative. Default: 0 s.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>
    /// How far <c>iat</c> and <c>nbf</c> may lie ahead of the server's clock (FAPI 2.0 section 5.3.2.1); not negative. Default: 10 s.
    /// </summary>
    public TimeSpan FutureTolerance { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Judges by the FAPI 2.0 security profile too. Signatures are PS256 or ES256 (EdDSA, which it also allows, is not verified here); the
    /// client authenticates at every grant, by private_key_jwt with an <c>iat</c> and with the issuer as a string for audience, or by
    /// mutual TLS; and no token is issued that is not bound by DPoP or mutual TLS. Default: false, which accepts an audience list of one.
    /// </summary>
    public bool FapiMode { get; init; }

    /// <summary>Refuses a client assertion without the type <c>client-authentication+jwt</c> (RFC 10070). Default: false.</summary>
    public bool RequireExplicitTyp { get; init; }

    /// <summary>
    /// Whether the grants authorization_code and refresh_token answer with a new refresh token, which then is for one use. Default: true.
    /// With false a refresh token, which only <see cref="StrictAuthorizationServer.IssueRefreshToken"/> gives, stays good.
    /// </summary>
    public bool IssueRefreshTokens { get; init; } = true;

    /// <summary>
    /// Whether a DPoP proof at the token endpoint needs the server's nonce: else 400 use_dpop_nonce (RFC 9449 section 8). That answer uses
    /// up the <c>jti</c> of proof and assertions, but no authorization code and no refresh token. Default: false.
    /// </summary>
    public bool RequireDPoPNonce { get; init; }

    /// <summary>
    /// Whether a DPoP proof at a resource server needs its nonce, which is another than the token endpoint's (RFC 9449 section 9).
    /// Default: false.
    /// </summary>
    public bool RequireResourceDPoPNonce { get; init; }

    /// <summary>
    /// Whether it also listens by https on another free port of 127.0.0.1, where clients may show a certificate (RFC 8705): see <see
    /// cref="StrictAuthorizationServer.MutualTlsTokenEndpoint"/> and <see cref="StrictAuthorizationServer.ServerCertificate"/>. Tokens are
    /// then bound to the certificate. Not in memory. Default: false.
    /// </summary>
    public bool MutualTls { get; init; }

    /// <summary>Scope values that exist. Default: all.</summary>
    public IReadOnlyList<string>? SupportedScopes { get; init; }

    /// <summary>
    /// Values of <c>resource</c>, and of <c>audience</c> in a token exchange, that exist; others are refused as invalid_target (RFC 8707
    /// section 2). Default: all.
    /// </summary>
    public IReadOnlyList<string>? SupportedTargets { get; init; }

    /// <summary>Called after each request, also with the <see cref="RecordedRequest.Refusal"/>, for a log. Default: nothing.</summary>
    public Action<RecordedRequest>? OnRequest { get; init; }

    /// <summary>The server's clock, by which it also dates its answers. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (Issuer is not null && !(Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && !Issuer.AsSpan().ContainsAny('?', '#')))
            throw new ArgumentException($"Issuer is '{Issuer}'; expected an http or https URL without query and fragment.");
        if (TokenLifetime <= TimeSpan.Zero || MaxAssertionLifetime <= TimeSpan.Zero)
            throw new ArgumentException(
                $"TokenLifetime is {TokenLifetime} and MaxAssertionLifetime {MaxAssertionLifetime}; expected more than zero.");
        if (ClockSkew < TimeSpan.Zero || FutureTolerance < TimeSpan.Zero)
            throw new ArgumentException($"ClockSkew is {ClockSkew} and FutureTolerance {FutureTolerance}; expected zero or more.");
    }
}
