using System.Globalization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Suggests what to do about an error, by its code, by what the client sent, and for assertions by the server's text (<see cref="AssertionErrorAdvice"/>).
/// </summary>
internal static class TokenErrorAdvice
{
    /// <summary>The advice for a page in place of a response of the token endpoint.</summary>
    public const string WebPage =
        "The response is a web page: a login page, a proxy or a firewall responded instead of the token endpoint. Check the address, the proxy settings of this machine, and whether the network requires a sign-in.";

    private const int Unauthorized = 401;

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>Returns the advice for an OAuth error.</summary>
    /// <param name="error">The error code.</param>
    /// <param name="description">The server's description; null if there is none.</param>
    /// <param name="sent">What the client sent.</param>
    /// <param name="response">The response.</param>
    /// <param name="sender">The client, with the errors that the documentation of its provider describes; null if it is not known.</param>
    public static string ForOAuthError(string error, string? description, SentRequest sent, TokenHttpResponse response, RequestSender? sender)
    {
        var advice = KnownError.Find(sender?.KnownErrors ?? [], error, description) is { } documented
            ? ForDocumented(documented, error, description, sent, response)
            : ForClock(error, description, sent, response) ?? ForCode(error, description, sent, response.Status, sender);
        return Wait(response) is not { } wait ? advice ?? "See the server's documentation for this error."
            : advice is null ? wait
            : $"{advice} {wait}";
    }

    /// <summary>Returns the advice for an HTTP error without an OAuth error.</summary>
    public static string ForHttpError(TokenHttpResponse response) => response.Status switch
    {
        404 => "There is no token endpoint at this address. Check TokenEndpoint; without it, check Issuer.",
        405 => "This address does not accept POST, so it is not a token endpoint. Check TokenEndpoint; without it, check Issuer.",
        _ when Wait(response) is { } wait => wait,
        429 => "The server limits the number of requests. Request fewer tokens, or ask its operator for a higher limit.",
        _ when response.IsWebPage => WebPage,
        _ => "Expected a token or an error as in RFC 6749 section 5.2. Check for a proxy, a wrong address or a failing server.",
    };

    private static string ForDocumented(KnownError documented, string error, string? description, SentRequest sent, TokenHttpResponse response)
    {
        if (documented is { IsAboutTimes: false, Text: not null } || ForClock(error, description, sent, response) is not { } clock)
            return documented.Advice;
        // Without a text of the provider, the clock is one of several possible reasons.
        return documented.IsAboutTimes ? clock : sent.IsRefusedAssertion(error) ? $"{clock} Otherwise: {documented.Advice}" : documented.Advice;
    }

    private static string? Wait(TokenHttpResponse response) => response.RetryAfter is { Ticks: > 0 } wait
        ? string.Create(CultureInfo.InvariantCulture, $"The server asked to wait {wait.TotalSeconds:0} s (Retry-After); the next request follows after that.")
        : null;

    private static string? ForClock(string error, string? description, SentRequest sent, TokenHttpResponse response) =>
        (error is "invalid_grant" or "invalid_client" || response.Status == Unauthorized || AssertionErrorAdvice.IsAboutTimes(description))
        && sent.MayHaveTimes && response.AssertionsAhead is { } offset && offset.Duration() > ClockTolerance
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"This machine's clock is {offset.Duration().TotalSeconds:0} s {(offset > TimeSpan.Zero ? "ahead of" : "behind")} the server's Date. Synchronize it (NTP).")
            : null;

    private static string? ForCode(string error, string? description, SentRequest sent, int status, RequestSender? sender)
    {
        if (error is "invalid_request" && AssertionErrorAdvice.Names(description, "grant_type", "grant_types", "unauthorized_client", "unsupported_grant_type"))
            return $"The server's text is about the grant type, and the client sent {GrantType(sent)}. Allow it in the client's registration at the server, or choose another Grant.";
        return AssertionErrorAdvice.ForText(error, description, sent, status == Unauthorized, sender) ?? error switch
        {
            "invalid_grant" => ForGrant(sent, sender),
            "invalid_client" => ForClient(sent, sender),
            "invalid_request" when sent is { HasBody: true, Assertions.Count: > 0 } =>
                "The request is not as the server expects it. Compare its parameters, and the header and the claims of the assertion, which are shown below, with the server's documentation. Parameters, Scope and Resource add parameters, Claims and OmittedClaims change the claims, ClientAssertion:Type is typ, and SigningKey:Algorithm is alg.",
            "unauthorized_client" => $"The client may not use {GrantType(sent)}. Allow it in the client's registration at the server, or choose another Grant.",
            "unsupported_grant_type" => $"The server does not support {GrantType(sent)}. Choose another Grant, or enable it at the server.",
            "invalid_scope" => ForScope(sent),
            "invalid_target" => ForTarget(sent),
            "use_dpop_nonce" => sent.HasProof
                ? "The server requires a DPoP nonce and rejected the one that it issued before."
                : "The server requires DPoP with a nonce, and the client does not use DPoP: set DPoP:Enabled.",
            "invalid_dpop_proof" => sent.HasProof
                ? "The server does not accept the DPoP proof. Compare the clocks and the key's algorithm."
                : "The server requires a DPoP proof, and none was sent. Set DPoP:Enabled.",
            "consent_required" or "interaction_required" =>
                "A user must consent first, in a browser; retrying does not help. See the server's documentation for the consent page.",
            _ when status == Unauthorized => ForUnauthorized(error, sent, sender),
            _ => null,
        };
    }

    // Such a response refuses the client or what it exchanges, whatever its error code is, and does not say which.
    private static string ForUnauthorized(string error, SentRequest sent, RequestSender? sender)
    {
        var advice = !sent.HasBody || sent.GrantType is null ? ForGrant(sent, sender)
            : sent.Method == ClientAuthenticationMethod.None ? $"{ForGrant(sent, sender)} If the server authenticates the client, too, set ClientAuthentication."
            : sent.GrantType == GrantTypes.ClientCredentials ? ForClient(sent, sender)
            : $"{ForClient(sent, sender)} Or: {ForGrant(sent, sender)}";
        return IsStatus(error) ? advice : $"The status {Unauthorized} is a refusal, although the error is {error}. {advice}";
    }

    private static string ForTarget(SentRequest sent) =>
        !sent.HasAudience ? "The server does not know the Resource (RFC 8707). Check its spelling and the client's registration."
        : $"The server does not know the {(sent.HasResource ? "audience or the Resource" : "audience")} (RFC 8693 section 2.2.2), or the client may not request a token for it. Check TokenExchange:Audience{(sent.HasResource ? ", Resource" : "")} and the client's registration.";

    private static string ForScope(SentRequest sent)
    {
        const string Unknown = "The server does not know the scope, or the client may not have it. Check Scope.";
        return sent is { HasScopeClaim: true, HasScope: false }
                ? $"The server does not know the scope in the claim of the assertion, or the client may not have it. Check Scope.{ForSeparator(sent)}"
            : sent is { HasBody: true, HasScope: false } ? "The server requires a scope, and none was sent. Set Scope."
            : sent.GrantType == GrantTypes.JwtBearer || (sent.GrantType == GrantTypes.ClientCredentials && sent.Method == ClientAuthenticationMethod.PrivateKeyJwt)
                ? $"{Unknown} If the server expects the scope in a claim of the assertion, set ScopePlacement to Claim."
            : Unknown;
    }

    // A server may read the whole claim as one scope.
    private static string ForSeparator(SentRequest sent) =>
        sent.HasScopeClaimWith(' ')
            ? " If the server expects commas between scopes, set ScopePlacement to CommaSeparatedClaim."
        : sent.HasScopeClaimWith(',')
            ? " If the server expects spaces between scopes, set ScopePlacement to Claim."
        : "";

    private static string GrantType(SentRequest sent) => sent.GrantType is { } type ? $"the grant type {SettingText.Quote(type)}" : "this grant type";

    private static string ForGrant(SentRequest sent, RequestSender? sender) => sent.GrantType switch
    {
        GrantTypes.AuthorizationCode =>
            "The authorization code is expired, was used before, or belongs to another client or redirect URI. Start again with the sign-in.",
        GrantTypes.RefreshToken => "The refresh token is expired, was revoked or used before, or belongs to another client. Start again with the sign-in.",
        GrantTypes.TokenExchange =>
            "The server does not accept the token to exchange. Check that it is still valid and that the server trusts its issuer. Compare iss, aud and the parameters of the request with what the server expects.",
        GrantTypes.Saml2Bearer =>
            "The server does not accept the SAML assertion. Check its issuer, subject, audience, recipient and certificate, and ClientId and Parameters, against what is registered at the server.",
        GrantTypes.ClientCredentials when sent.Method == ClientAuthenticationMethod.PrivateKeyJwt => ForClient(sent, sender),
        _ => AssertionErrorAdvice.ForGrantAssertion(sent, sender),
    };

    private static string ForClient(SentRequest sent, RequestSender? sender) => sent.Method switch
    {
        _ when !sent.HasBody => "The server does not accept the client's authentication. Check ClientId and the credential that is registered for it.",
        ClientAuthenticationMethod.ClientSecretBasic =>
            "The server does not accept the client id or the secret. Check ClientId and whether the secret has expired or was replaced. If the server expects the secret in the form, set ClientAuthentication to ClientSecretPost.",
        ClientAuthenticationMethod.ClientSecretPost =>
            "The server does not accept the client id or the secret. Check ClientId and whether the secret has expired or was replaced. If the server expects the secret in the Authorization header, set ClientAuthentication to ClientSecretBasic.",
        ClientAuthenticationMethod.PrivateKeyJwt => AssertionErrorAdvice.ForClientAssertion(sent, sender),
        ClientAuthenticationMethod.JwtAsClientSecret =>
            "The server does not accept the JWT that serves as client secret. Compare iss, sub, aud and kid, which are shown below, with what is registered at the server.",
        ClientAuthenticationMethod.MutualTls =>
            "The server does not accept the client certificate. Check ClientId, and that the certificate of ClientCertificate is registered for it and reaches the server through every proxy.",
        _ => "The client sent no credential. If the server requires one, set ClientAuthentication. Otherwise check ClientId.",
    };

    private static bool IsStatus(string error) => error.Length == 3 && !error.AsSpan().ContainsAnyExceptInRange('0', '9');
}
