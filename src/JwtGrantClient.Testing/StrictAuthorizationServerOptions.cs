using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing;

/// <summary>The options of the server. The defaults are strict; switches make it stricter, or set a time.</summary>
public sealed class StrictAuthorizationServerOptions
{
    /// <summary>
    /// Gets the issuer identifier, with or without a path: an http or https URL without query and fragment (RFC 8414 section 2). Default: the address of
    /// the listener; in memory <c>https://as.example.com</c>. The endpoints are under the issuer, or under the address of the listener if the issuer is
    /// not a loopback address.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>Gets the TCP port on 127.0.0.1: 0 to 65535. Default: 0, a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Gets the lifetime of access tokens; more than zero, at most 3650 days. Default: 5 min. <c>expires_in</c> is rounded down to the second, the <c>exp</c> of the token
    /// up.
    /// </summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets the lifetime of the JWTs that a token exchange issues in place of an access token, such as an ID-JAG, and of ID tokens; 1 s to 3650 days, rounded
    /// down to the second. Default: 5 min.
    /// </summary>
    public TimeSpan IssuedAssertionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets the longest lifetime of an assertion from its <c>iat</c> to its <c>exp</c>; more than zero, at most 3650 days. Default: 300 s. From now to its <c>exp</c> it may be
    /// longer by <see cref="FutureTolerance"/>, because the client's clock may be ahead.
    /// </summary>
    public TimeSpan MaxAssertionLifetime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Gets how long after its <c>exp</c> an assertion is accepted; 0 s to 3650 days. Default: 0 s.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>
    /// Gets how far <c>iat</c> and <c>nbf</c> may be ahead of the server's clock (FAPI 2.0 section 5.3.2.1 item 13); 0 s to 3650 days, with
    /// <see cref="FapiMode"/> 10 s to 60 s. Default: 10 s.
    /// </summary>
    public TimeSpan FutureTolerance { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets whether the server also applies the FAPI 2.0 security profile. Signatures are PS256, ES256 or Ed25519, also
    /// named EdDSA. Every grant requires client authentication, by private_key_jwt with the issuer as a string in <c>aud</c>, or by mutual TLS. Every token
    /// is bound by DPoP or mutual TLS. Codes are valid for 60 s and need PKCE; refresh tokens are not replaced. Default: false, which also accepts an
    /// <c>aud</c> array with one element. Pushed authorization requests, which the profile requires, are not supported.
    /// </summary>
    public bool FapiMode { get; init; }

    /// <summary>Gets whether a client assertion must have the type <c>client-authentication+jwt</c> (RFC 10070). Default: false.</summary>
    public bool RequireExplicitTyp { get; init; }

    /// <summary>
    /// Gets the rules that the JWTs of all clients and issuers may break. Default: none. <see cref="ClientRegistration.Leniency"/> is that of one client.
    /// </summary>
    public Leniency Leniency { get; init; } = new();

    /// <summary>
    /// Gets whether the grants authorization_code and refresh_token return a new, single-use refresh token. Default: true. With false only
    /// <see cref="StrictAuthorizationServer.IssueRefreshToken"/> issues refresh tokens, and they stay valid. A token exchange that requests a refresh token
    /// gets one in either case (RFC 8693 section 2.1). With <see cref="FapiMode"/> a code returns one that stays valid.
    /// </summary>
    public bool IssueRefreshTokens { get; init; } = true;

    /// <summary>
    /// Gets whether a DPoP proof at the token endpoint requires the server's nonce; without it the response is 400 use_dpop_nonce (RFC 9449 section 8).
    /// The <c>jti</c> of the proof and the assertions is used then, an authorization code or refresh token is not. Default: false.
    /// </summary>
    public bool RequireDPoPNonce { get; init; }

    /// <summary>
    /// Gets whether a DPoP proof at a resource server requires its nonce, which differs from that of the token endpoint (RFC 9449 section 9).
    /// Default: false.
    /// </summary>
    public bool RequireResourceDPoPNonce { get; init; }

    /// <summary>
    /// Gets whether the server also listens by https on another free port of 127.0.0.1, where clients may use a certificate (RFC 8705). See
    /// <see cref="StrictAuthorizationServer.MutualTlsTokenEndpoint"/> and <see cref="StrictAuthorizationServer.ServerCertificate"/>. Tokens are bound to the
    /// certificate. It is not available in memory. Default: false.
    /// </summary>
    public bool MutualTls { get; init; }

    /// <summary>
    /// Gets whether the token endpoint also accepts JSON (<c>application/json</c>) with the fields of a form as members, as some providers do. A member is a
    /// string; <c>resource</c>, and <c>audience</c> in a token exchange, may be an array of strings, and <c>authorization_details</c> is an array. Default:
    /// false.
    /// </summary>
    public bool AcceptJsonRequests { get; init; }

    /// <summary>Gets the scope values that exist. Default: all.</summary>
    public IReadOnlyList<string>? SupportedScopes { get; init; }

    /// <summary>
    /// Gets the values of <c>resource</c>, and of <c>audience</c> in a token exchange, that exist. Others are rejected with invalid_target (RFC 8707
    /// section 2). Default: all.
    /// </summary>
    public IReadOnlyList<string>? SupportedTargets { get; init; }

    /// <summary>Gets a callback for each request, called when it was processed and before its response is sent, for example to log it. Default: none.</summary>
    public Action<RecordedRequest>? OnRequest { get; init; }

    /// <summary>Gets the server's clock, also for the Date of its responses. Default: the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        if (Issuer is not null)
            OptionChecks.CheckIssuer(Issuer);
        if (Port is < 0 or > 65_535)
            throw new ArgumentException($"Port is {Port}; expected 0 to 65535.");
        OptionChecks.CheckTime(nameof(TokenLifetime), TokenLifetime, allowsZero: false);
        OptionChecks.CheckTime(nameof(IssuedAssertionLifetime), IssuedAssertionLifetime, allowsZero: false);
        if (IssuedAssertionLifetime < TimeSpan.FromSeconds(1))
            throw new ArgumentException($"IssuedAssertionLifetime is {IssuedAssertionLifetime}; expected at least 1 s.");
        OptionChecks.CheckTime(nameof(MaxAssertionLifetime), MaxAssertionLifetime, allowsZero: false);
        OptionChecks.CheckTime(nameof(ClockSkew), ClockSkew, allowsZero: true);
        OptionChecks.CheckTime(nameof(FutureTolerance), FutureTolerance, allowsZero: true);
        FapiRules.CheckOptions(this);
        OptionChecks.CheckScopeValues(nameof(SupportedScopes), SupportedScopes);
        foreach (var target in SupportedTargets ?? [])
            OptionChecks.CheckNotEmpty("A target of SupportedTargets", target);
    }
}
