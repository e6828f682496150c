namespace JwtGrantClient.Testing;

/// <summary>
/// Names the rules that a client may break, to test clients and libraries that do not follow them. Each use is reported in
/// <see cref="RecordedRequest.LetPass"/>. Set it for one client or issuer, or for the server; a deviation is accepted if either allows it.
/// </summary>
public sealed class Leniency
{
    internal static readonly Leniency None = new();

    /// <summary>
    /// Gets whether the audience of a client assertion may be the token endpoint (S12), which RFC 7523 recommended until RFC 10070. Default: false.
    /// </summary>
    public bool AllowTokenEndpointAudience { get; init; }

    /// <summary>Gets whether <c>aud</c> may be an array with other audiences in addition to this server (S12). Default: false.</summary>
    public bool AllowOtherAudiences { get; init; }

    /// <summary>
    /// Gets whether the <c>typ</c> may be missing, or be JWT, where <see cref="StrictAuthorizationServerOptions.RequireExplicitTyp"/> requires a type
    /// (S09). Default: false.
    /// </summary>
    public bool AllowMissingTyp { get; init; }

    /// <summary>Gets whether the <c>jti</c> may be missing (S16). The assertion can then be used again. Default: false.</summary>
    public bool AllowMissingJti { get; init; }

    /// <summary>Gets whether a <c>jti</c> may be used more than once (S16). Default: false.</summary>
    public bool AllowReusedJti { get; init; }

    /// <summary>Gets whether the <c>sub</c> may be missing; the subject is the <c>iss</c> then (S11). Default: false.</summary>
    public bool AllowMissingSub { get; init; }

    /// <summary>Gets whether <c>exp</c>, <c>iat</c> and <c>nbf</c> may be strings of digits (S13, S14). Default: false.</summary>
    public bool AllowStringDates { get; init; }

    /// <summary>
    /// Gets whether an assertion may be valid for longer than <see cref="StrictAuthorizationServerOptions.MaxAssertionLifetime"/> (S13, S15). Default:
    /// false.
    /// </summary>
    public bool AllowLongLifetime { get; init; }

    /// <summary>Gets whether header, payload and signature may end with the padding <c>=</c> (S03). Default: false.</summary>
    public bool AllowPaddedBase64Url { get; init; }

    internal bool Allows(string deviation) => deviation switch
    {
        nameof(AllowTokenEndpointAudience) => AllowTokenEndpointAudience,
        nameof(AllowOtherAudiences) => AllowOtherAudiences,
        nameof(AllowMissingTyp) => AllowMissingTyp,
        nameof(AllowMissingJti) => AllowMissingJti,
        nameof(AllowReusedJti) => AllowReusedJti,
        nameof(AllowMissingSub) => AllowMissingSub,
        nameof(AllowStringDates) => AllowStringDates,
        nameof(AllowLongLifetime) => AllowLongLifetime,
        nameof(AllowPaddedBase64Url) => AllowPaddedBase64Url,
        _ => throw new ArgumentOutOfRangeException(nameof(deviation), deviation, null),
    };
}
