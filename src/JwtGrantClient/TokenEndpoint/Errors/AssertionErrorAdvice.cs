using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Suggests what to do about an assertion that the server refused, by the server's text. That text is not a stable interface: names of the protocol in it, such as
/// <c>kid</c>, are used if an assertion was sent, and words such as issuer only if the error is about that assertion.
/// </summary>
internal static class AssertionErrorAdvice
{
    private const double UsualLifetime = 300;

    private const string RegisterKey =
        "Register the public key of the key that signed the assertion (kid and alg below) at the server, or configure the key that is registered there.";

    /// <summary>Returns the advice; null if the text names nothing that is known.</summary>
    /// <param name="error">The error code.</param>
    /// <param name="description">The server's description; null if there is none.</param>
    /// <param name="sent">What the client sent.</param>
    /// <param name="isUnauthorized">Whether the status is 401, so that any error refuses the client or its assertion.</param>
    /// <param name="sender">The client; null if it is not known.</param>
    public static string? ForText(string error, string? description, SentRequest sent, bool isUnauthorized, RequestSender? sender)
    {
        // Of a SAML assertion nothing is known here.
        if (!sent.MayHaveAssertion || description is null || (sent.GrantType == GrantTypes.Saml2Bearer && error != "invalid_client"))
            return null;
        var isAboutAssertion = isUnauthorized || IsAboutAnAssertion(error);
        if (isAboutAssertion && Names(description, "client_assertion_type"))
            return $"The server's text is about client_assertion_type. Set ClientAssertion:AssertionType to the type that the server expects; for a JWT-SVID of SPIFFE it is {AssertionTypes.Spiffe}.";
        if (sent.FindAssertion(error == "invalid_client") is { } assertion && sender?.SourceOf(assertion.Field) is { } source)
            return isAboutAssertion && (IsAboutWhatWasSent(error, sent) || !assertion.IsOfClient) ? ForeignTokenAdvice.ForText(description, source) : null;
        return (isAboutAssertion ? ForName(error, description, sent) ?? (IsAboutWhatWasSent(error, sent) ? ForWord(error, description) : null) : null)
            ?? (description.Contains("public key", StringComparison.OrdinalIgnoreCase) ? $"The server's text is about the public key. {RegisterKey}" : null);
    }

    /// <summary>Returns whether a text is about the times of an assertion.</summary>
    public static bool IsAboutTimes(string? description) =>
        Names(description, "exp", "iat", "nbf")
        || (Names(description, "assertion", "client_assertion", "jwt", "token")
            && (Names(description, "expired", "expires", "expiration", "expiry", "lifetime", "future") || description!.Contains("not active", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Returns the advice for a client assertion that was refused without a reason: what to compare, and what servers often do not accept.</summary>
    public static string ForClientAssertion(SentRequest sent, RequestSender? sender)
    {
        const string Compare =
            "The server does not accept the client assertion. Compare iss, sub, aud and kid, which are shown below, with the client id, the audience and the public key that are registered at the server, and alg, typ, the lifetime and other header parameters, such as jku, with its documentation.";
        if (sent.ClientAssertion is not { } assertion)
            return Compare;
        return ForeignTokenAdvice.ForType(assertion, sent.ClientAssertionType)
            ?? (sender?.SourceOf(assertion.Field) is { } source ? $"{Compare} The token is from {source}: the party that issues it decides them." : null)
            ?? Compare
                + ForUsualCauses(assertion, "ClientAssertion")
                + (assertion.Algorithm == "RS256" ? " RS256 is the default for RSA keys: set SigningKey:Algorithm if the server requires another one." : "")
                + (assertion.Type == JwtTypes.ClientAuthentication ? $" The type {JwtTypes.ClientAuthentication} is new: older servers expect ClientAssertion:Type JWT, and some of them their token endpoint as ClientAssertion:Audience." : "");
    }

    /// <summary>Returns the advice for a grant assertion that was refused without a reason.</summary>
    public static string ForGrantAssertion(SentRequest sent, RequestSender? sender)
    {
        const string Refused = "The server does not accept the assertion.";
        var assertion = sent.FindAssertion(isOfClient: false);
        return assertion is not null && sender?.SourceOf(assertion.Field) is { } source
            ? $"{Refused} Compare iss, sub and aud, which are shown below, with what the server expects. The token is from {source}: the party that issues it decides them."
            : $"{Refused} Check its issuer, subject, audience and key against what is registered at the server.{(assertion is null ? "" : ForUsualCauses(assertion, "Assertion"))}";
    }

    private static string ForUsualCauses(SentAssertion assertion, string section) =>
        (assertion.NamesKey ? "" : " The assertion has no kid; if the server requires it, set SigningKey:KeyId.")
        + (assertion.Lifetime > UsualLifetime ? $" Many servers accept at most 5 min: lower {section}:Lifetime." : "")
        + (assertion.TextualNumber is { } claim
            ? $" The claim {SettingText.Show(SanitizedText.From(claim))} is text that looks like a number. If the server expects a number, move it from {section}:Claims to {section}:JsonClaims." : "");

    // RFC 7523 section 3 defines the first two; some servers return one of the others.
    private static bool IsAboutAnAssertion(string error) => error is "invalid_grant" or "invalid_client" or "invalid_token" or "invalid_request";

    private static bool IsAboutWhatWasSent(string error, SentRequest sent) => !sent.HasBody || error switch
    {
        "invalid_client" => sent.ClientAssertion is not null,
        "invalid_grant" => sent.HasGrantAssertion,
        _ => true,
    };

    private static string? ForName(string error, string description, SentRequest sent) =>
        Names(description, "aud", "audience") ?
            $"The server's text is about the audience. Set {AudienceOf(sent.FindAssertion(error == "invalid_client"))} to the value that the server expects, byte for byte."
        : Names(description, "kid") ?
            "The server's text is about kid. Check SigningKey:KeyId and that the public key is registered under it."
        : Names(description, "alg", "algorithm") ?
            "The server's text is about alg. Set SigningKey:Algorithm to the algorithm that is registered."
        : Names(description, "typ") && sent.ClientAssertion is not null ?
            "The server's text is about typ. Set ClientAssertion:Type to the value that the server expects, which is JWT for most servers."
        : Names(description, "jti") ?
            "The server's text is about jti. If it is missing, remove it from OmittedClaims. If it was used before, something repeats the request, or the assertion is a token that the server accepts once."
        : Names(description, "exp", "iat", "nbf") ? ForTimes(description)
        : Names(description, "iss", "sub") && sent.ClientAssertion is not null && (error is "invalid_client" || !sent.HasGrantAssertion) ?
            "The server's text is about iss. In a client assertion it is ClientId, and so is sub. Check ClientId, and that this server is the one where it is registered."
        : null;

    private static string AudienceOf(SentAssertion? assertion) =>
        assertion is null ? "the assertion's Audience" : assertion.IsOfClient ? "ClientAssertion:Audience" : "Assertion:Audience";

    private static string ForTimes(string description) =>
        Names(description, "expired", "past") ?
            "The assertion was expired when it arrived. Synchronize the clock of this machine (NTP), which may be behind that of the server."
        : Names(description, "active") || (Names(description, "future") && !Names(description, "exp", "expires", "expiration", "expiry")) ?
            "The assertion was not valid yet, or no longer valid, when it arrived. Synchronize the clock of this machine (NTP); for a server that tolerates no difference set the assertion's Backdate."
        : "The server's text is about the assertion's times. Compare the clocks and lower the assertion's Lifetime.";

    private static string? ForWord(string error, string description) =>
        IsAboutTimes(description) ? ForTimes(description)
        : Names(description, "signature") && Names(description, "assertion", "client_assertion", "jwt", "token", "invalid", "verification") ? $"The server's text is about the signature. {RegisterKey}"
        : error != "invalid_grant" ? null
        : Names(description, "iss", "issuer") ?
            "The server's text is about the issuer. It must be one that is registered at the server; for an assertion that the client signs it is Assertion:Issuer, or else ClientId."
        : Names(description, "sub", "subject", "user", "owner") ?
            "The server's text is about the subject. It must be one that the server knows; for an assertion that the client signs it is the Subject of the token request, Assertion:Subject, or else the issuer."
        : null;

    /// <summary>Returns whether a text has one of these words. Only whole identifiers count: private_key_jwt is one, and does not contain another.</summary>
    public static bool Names(string? description, params ReadOnlySpan<string> names)
    {
        var text = description.AsSpan();
        for (var start = 0; start < text.Length; start++)
        {
            var length = 0;
            while (start + length < text.Length && (char.IsLetterOrDigit(text[start + length]) || text[start + length] is '_' or '-'))
                length++;
            foreach (var name in names)
                if (text.Slice(start, length).Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
            start += length;
        }
        return false;
    }
}
