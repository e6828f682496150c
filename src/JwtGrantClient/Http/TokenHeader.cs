using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>
/// The header that carries the token: by default Authorization with the type of the token as scheme, or another header such as <c>Txn-Token</c>.
/// </summary>
internal sealed class TokenHeader
{
    private const string AuthorizationName = "Authorization";

    private readonly string? _scheme;

    /// <param name="name">The name of the header.</param>
    /// <param name="scheme">The scheme before the token; empty for none; null for the default.</param>
    /// <exception cref="JwtGrantException">The name or the scheme is not valid.</exception>
    public TokenHeader(string? name = AuthorizationName, string? scheme = null)
    {
        if (string.IsNullOrEmpty(name) || !HeaderSyntax.IsToken(name))
            throw Invalid($"HeaderName is {SettingText.Quote(name ?? "")}; expected the name of a header (RFC 9110 section 5.1), such as Txn-Token");
        using var request = new HttpRequestMessage();
        if (!HeaderSyntax.CanBeIn(request, name))
            throw Invalid($"HeaderName is {SettingText.Quote(name)}, which HTTP itself needs; expected a header that the API reads the token from, such as Txn-Token");
        if (scheme is not null && !HeaderSyntax.IsToken(scheme))
            throw Invalid($"Scheme is {SettingText.Quote(scheme)}; expected an authentication scheme (RFC 9110 section 11.1), or an empty text for none");
        (Name, _scheme) = (name, scheme);
        IsAuthorization = name.Equals(AuthorizationName, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Gets the header of RFC 6750.</summary>
    public static TokenHeader Default { get; } = new();

    /// <summary>Gets the name of the header.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets whether it is the Authorization header. Only this one is removed by the handlers of .NET when they follow a redirect to another origin.
    /// </summary>
    public bool IsAuthorization { get; }

    /// <summary>Returns the header that options describe.</summary>
    /// <exception cref="JwtGrantException">The name or the scheme is not valid.</exception>
    public static TokenHeader From(AccessTokenHandlerOptions? options) =>
        options is null or { HeaderName: AuthorizationName, Scheme: null } ? Default : new(options.HeaderName, options.Scheme);

    /// <summary>Returns whether a request has the header. Most requests have no header at all, which is cheap to check.</summary>
    public bool IsIn(HttpRequestMessage request) => request.Headers.NonValidated is { Count: > 0 } headers && headers.Contains(Name);

    /// <summary>Returns whether a request carries a token in the header.</summary>
    public bool Carries(HttpRequestMessage request, AccessToken token) =>
        request.Headers.NonValidated.TryGetValues(Name, out var sent) && sent.ToString() == ValueOf(token);

    /// <summary>Adds a token to a request. Its characters were validated when the token was created.</summary>
    /// <exception cref="JwtGrantException">The token cannot be sent in this header.</exception>
    public void AddTo(HttpRequestMessage request, AccessToken token) => request.Headers.TryAddWithoutValidation(Name, ValueOf(token) ?? throw CannotCarry(token));

    /// <summary>Removes the header from a request.</summary>
    public void RemoveFrom(HttpRequestMessage request) => request.Headers.Remove(Name);

    /// <summary>Returns the scheme of challenges (RFC 9110 section 11.6.1) that concern a token in this header.</summary>
    public string SchemeOf(AccessToken token) =>
        !string.IsNullOrEmpty(_scheme) ? _scheme : token.Type == AccessToken.NotApplicable ? "Bearer" : token.Type;

    // The proof of possession belongs to the scheme DPoP (RFC 9449 section 7.1). A token that is not an access token is not sent as one.
    private string? ValueOf(AccessToken token)
    {
        if (_scheme is null && IsAuthorization)
            return token.Authorization;
        if (token.Proof is not null || (IsAuthorization && token.Type == AccessToken.NotApplicable))
            return null;
        return string.IsNullOrEmpty(_scheme) ? token.Value : $"{_scheme} {token.Value}";
    }

    private static JwtGrantException CannotCarry(AccessToken token) => token.Proof is not null
        ? Invalid("The token requires a DPoP proof (RFC 9449), so that it can be sent only in the Authorization header with the scheme DPoP. The request was not sent")
        : JwtGrantException.Configuration(
            "not_an_access_token",
            "The token source returned a token of the type N_A, which is not an access token (RFC 8693 section 2.2.1). The request was not sent. Set TokenExchange:RequestedTokenType to request an access token, or HeaderName to the header that is for the token.");

    private static JwtGrantException Invalid(string problem) => JwtGrantException.Configuration("token_header_invalid", $"{problem}.");
}
