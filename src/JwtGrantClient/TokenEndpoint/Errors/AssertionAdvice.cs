using System.Globalization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Suggests what to do about an assertion that a server refused. The settings are those of the assertion that the error is about; for a token of another party it is
/// that party that decides its header and its claims.
/// </summary>
internal static class AssertionAdvice
{
    // The default of the library, in seconds.
    private const double UsualLifetime = 120;

    private const string GrantSection = "Assertion", ClientSection = "ClientAssertion";

    /// <summary>Returns the advice if the server's text names a part of an assertion; otherwise null.</summary>
    public static string? ForNamedPart(string error, string? description, SentRequest sent, RequestSender? sender)
    {
        // Of a SAML assertion nothing is known here.
        if (!sent.MayHaveAssertion || (sent.GrantType == GrantTypes.Saml2Bearer && error != "invalid_client"))
            return null;
        var assertion = sent.FindAssertion(isOfClient: error == "invalid_client");
        return Names(description, "client_assertion_type") ? $"The server's text is about client_assertion_type. Set ClientAssertion:AssertionType to the type that the server expects; for a JWT-SVID of SPIFFE it is {AssertionTypes.Spiffe}."
            : assertion is not null && sender?.SourceOf(assertion.Field) is { } source ? ForForeignPart(description, source)
            : ForSignedPart(description, assertion is null ? null : assertion.IsOfClient ? ClientSection : GrantSection);
    }

    /// <summary>Returns the advice for a client assertion that the server refused without naming a part of it.</summary>
    public static string ForClientAssertion(SentRequest sent, RequestSender? sender)
    {
        var assertion = sent.FindAssertion(isOfClient: true);
        const string Compare = "The server does not accept the client assertion. Compare iss, sub, aud, kid and typ, which are shown below, with the client id, the audience and the public key that are registered at the server.";
        return assertion is { Subject: ['s', 'p', 'i', 'f', 'f', 'e', ':', ..] } && sent.ClientAssertionType != AssertionTypes.Spiffe
                ? $"The client assertion is a JWT-SVID of SPIFFE, and its client_assertion_type is not. Set ClientAssertion:AssertionType to {AssertionTypes.Spiffe}, if the server expects it."
            : assertion is not null && sender?.SourceOf(assertion.Field) is { } source ? $"{Compare} The token is from {source}: the party that issues it decides them."
            : $"{Compare}{ForType(assertion)}{ForKey(assertion)}{ForOthers(assertion, ClientSection)}";
    }

    /// <summary>Returns the advice for a grant assertion that the server refused without naming a part of it.</summary>
    public static string ForGrantAssertion(SentRequest sent, RequestSender? sender)
    {
        const string Refused = "The server does not accept the assertion.";
        var assertion = sent.FindAssertion(isOfClient: false);
        return assertion is not null && sender?.SourceOf(assertion.Field) is { } source
            ? $"{Refused} Compare iss, sub and aud, which are shown below, with what the server expects. The token is from {source}: the party that issues it decides them."
            : $"{Refused} Check its issuer, subject, audience and key against what is registered at the server.{ForKey(assertion)}{ForOthers(assertion, GrantSection)}";
    }

    /// <summary>Returns whether a text contains one of the names. A whole identifier counts: private_key_jwt is one, and does not contain another.</summary>
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

    private static string? ForSignedPart(string? description, string? section) =>
        Names(description, "aud", "audience") ?
            $"The server's text is about the audience. Set {(section is null ? "the assertion's Audience" : $"{section}:Audience")} to the value that the server expects, byte for byte."
        : Names(description, "kid") ?
            "The server's text is about kid. Check SigningKey:KeyId and that the public key is registered under it."
        : Names(description, "alg", "algorithm") ?
            "The server's text is about alg. Set SigningKey:Algorithm to the algorithm that is registered."
        : Names(description, "typ") ?
            "The server's text is about typ. Set ClientAssertion:Type to what the server expects, JWT or client-authentication+jwt."
        : Names(description, "jti") ?
            $"The server's text is about jti. The library signs an assertion with a new one for each request, so check {section ?? GrantSection}:OmittedClaims, and code or a proxy that repeats requests."
        : Names(description, "exp", "iat", "nbf") ?
            $"The server's text is about the assertion's times. Compare the clocks and lower {(section is null ? "the assertion's Lifetime" : $"{section}:Lifetime")}."
        : Names(description, "signature") ?
            "The server's text is about the signature. The key is not the one that is registered at the server, or not the one that kid names."
        : Names(description, "iss", "sub") ?
            $"The server's text is about iss or sub, which are shown below. Set {(section == ClientSection ? "ClientId" : "Assertion:Issuer and Assertion:Subject")} to what is registered at the server."
        : null;

    private static string? ForForeignPart(string? description, string source) =>
        Names(description, "aud", "audience") ?
            $"The server's text is about the audience. aud below is that of the token from {source}: let the party that issues it issue one with the audience that the server expects, byte for byte."
        : Names(description, "kid", "alg", "algorithm", "signature") ?
            $"The server's text is about the signature. The token is from {source}: the server must have the keys of the party that issues it, which is iss below, and accept its algorithm."
        : Names(description, "jti") ?
            $"The server's text is about jti. It accepts a token once: the party that issues the token from {source} must replace it before each request."
        : Names(description, "exp", "iat", "nbf", "expired") ?
            $"The server's text is about the times of the token from {source}. Compare the clocks, and let the party that issues it replace it in time."
        : Names(description, "iss", "issuer", "sub", "subject") ?
            $"The server's text is about the issuer or the subject of the token from {source}, which are iss and sub. Compare them with what is registered at the server."
        : null;

    // RFC 10070 introduced the type. Servers refuse the other one in the same words as a wrong key.
    private static string ForType(SentAssertion? assertion) => assertion?.Type switch
    {
        null => "",
        JwtTypes.ClientAuthentication => " An older server expects ClientAssertion:Type JWT, and often its token endpoint as ClientAssertion:Audience.",
        _ => $" A server that follows RFC 10070 may expect ClientAssertion:Type {JwtTypes.ClientAuthentication}, and its issuer as ClientAssertion:Audience.",
    };

    private static string ForOthers(SentAssertion? assertion, string section) =>
        (assertion is { Lifetime: { } lifetime } && lifetime > UsualLifetime && section == (assertion.IsOfClient ? ClientSection : GrantSection)
            ? string.Create(CultureInfo.InvariantCulture, $" The lifetime is {lifetime:0} s, and many servers accept less: lower {section}:Lifetime.") : "")
        + (assertion?.TextualNumber is { } claim
            ? $" The claim {SettingText.Show(SanitizedText.From(claim))} is text that looks like a number. If the server expects a number, move it from {section}:Claims to {section}:JsonClaims." : "");

    private static string ForKey(SentAssertion? assertion) => assertion is { NamesKey: false }
        ? " The header does not name the key: if the server requires kid, set SigningKey:KeyId or SigningKey:KeyIdFrom, or SigningKey:X5t or SigningKey:X5tS256 with a certificate."
        : "";
}
