using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// Describes what an API requires of a token in addition to the one that it received: a scope (RFC 6750 section 3.1), another authentication of the user
/// (RFC 9470), or claims. <see cref="AccessTokenHandlerOptions.OnChallenge"/> receives it.
/// </summary>
/// <remarks>The values come from the API. Compare them with what the application knows before a token is requested with them.</remarks>
public sealed class TokenChallenge
{
    /// <summary>The error codes of challenges that another token request may meet.</summary>
    private static readonly string[] Errors = ["insufficient_scope", "insufficient_user_authentication", "insufficient_claims"];

    internal TokenChallenge(AuthenticationChallenge challenge, HttpRequestMessage request, TokenRequest tokenRequest, Func<string, string> mask)
    {
        (Request, TokenRequest, Error) = (request, tokenRequest, challenge.Error!);
        Scope = challenge.Scope is { } scope && ScopeSyntax.Problem(scope) is null ? mask(scope) : null;
        AcrValues = challenge.AcrValues is { } values ? mask(values) : null;
        Claims = challenge.Claims is { } claims ? mask(claims) : null;
        MaxAge = challenge.MaxAge;
    }

    /// <summary>Gets the request that the API rejected, without the token.</summary>
    public HttpRequestMessage Request { get; }

    /// <summary>Gets what the token was for that the API received.</summary>
    public TokenRequest TokenRequest { get; }

    /// <summary>Gets the error code: <c>insufficient_scope</c>, <c>insufficient_user_authentication</c> or <c>insufficient_claims</c>.</summary>
    public string Error { get; }

    /// <summary>Gets the scope that the API requires, with the syntax of a scope (RFC 6749 section 3.3); null if it names none.</summary>
    public string? Scope { get; }

    /// <summary>
    /// Gets the authentication context class references that the API accepts, separated by spaces, in the order of its preference (RFC 9470 section 3); null if
    /// it names none.
    /// </summary>
    public string? AcrValues { get; }

    /// <summary>Gets how long ago the user may have authenticated (<c>max_age</c>, RFC 9470 section 3); null if the API does not say.</summary>
    public TimeSpan? MaxAge { get; }

    /// <summary>
    /// Gets the value of <c>claims</c> as the API wrote it: at Microsoft Entra ID, the base64 of the claims request (OpenID Connect Core section 5.5) for the
    /// parameter <c>claims</c> of a token request. Null if there is none.
    /// </summary>
    public string? Claims { get; }

    /// <summary>Returns whether another token request may meet a challenge.</summary>
    internal static bool Includes(AuthenticationChallenge challenge) => Array.IndexOf(Errors, challenge.Error) >= 0;
}
