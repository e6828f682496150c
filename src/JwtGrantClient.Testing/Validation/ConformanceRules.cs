using System.Diagnostics;

namespace JwtGrantClient.Testing.Validation;

/// <summary>All rules of the server. The table in the README of the package is generated from this list.</summary>
internal static class ConformanceRules
{
    private const string Dpop = "RFC 9449 section 4.3", Apple = "Sign in with Apple, creating a client secret", Spiffe = "draft-ietf-oauth-spiffe-client-auth-02",
        Jag = "draft-ietf-oauth-identity-assertion-authz-grant-03";

    private static readonly ConformanceRule[] Requests =
    [
        new("S00", "a URL where the server has nothing", ["RFC 9110 section 15.5.5"]),
        new("S00", "a method other than GET and HEAD for a document", ["RFC 9110 section 15.5.6"]),
        new("S00", "a user who signs in: there is no user interface", ["RFC 6749 section 4.1.2.1"]),
        new("S01", "a request that is not a POST of a form, or has a field twice", ["RFC 6749 section 3.2"]),
        new("S01", "a form in another charset than UTF-8, or with bytes that are not percent-encoded", ["RFC 6749 appendix B"]),
        new("S01", "a form with a content coding", ["RFC 9110 section 8.4"]),
        new("S01", "a form of more than 1 MiB", ["RFC 9110 section 15.5.14"]),
        new("S01", "with `AcceptJsonRequests`, a JSON request that is not strict: UTF-8, one object, no member twice", ["RFC 8259 section 4"]),
        new("S01", "with `AcceptJsonRequests`, a member of the wrong JSON type", ["a rule of this server, because no RFC defines token requests in JSON"]),
        new("S01", "a form without a field that the grant requires", ["RFC 6749 section 5.2"]),
        new("S01", "two client authentication methods", ["RFC 6749 section 2.3"]),
        new("S01", "a client id or secret in the query", ["RFC 6749 section 2.3.1"]),
        new("S01", "an assertion in the query", ["RFC 7521 section 4.1", "RFC 7521 section 4.2"]),
        new("S01", "another parameter of the request in the query",
            ["RFC 6749 section 3.2", "RFC 6749 section 4.1.3", "RFC 6749 section 4.3.2", "RFC 6749 section 6", "RFC 7009 section 2.1", "RFC 7636 section 4.5", "RFC 8693 section 2.1"]),
        new("S02", "a client assertion without its type, or of an unknown type", ["RFC 7521 section 4.2"]),
        new("S02", "a SAML assertion as client authentication", ["RFC 10070"]),
    ];

    private static readonly ConformanceRule[] Jwts =
    [
        new("S03", "a JWT that does not have three segments", ["RFC 7515 section 7.1"]),
        new("S03", "a segment that is not canonical base64url", ["RFC 7515 section 2"], nameof(Leniency.AllowPaddedBase64Url)),
        new("S04", "a header or a payload that is not strict JSON: UTF-8, one object, no member twice", ["RFC 7515 section 4", "RFC 7519 section 7.2"]),
        new("S05", "`crit`, because the server supports no extension", ["RFC 7515 section 4.1.11"]),
        new("S05", "`b64`", ["RFC 7797 section 7"]),
        new("S06", "an algorithm that is missing, symmetric, `none`, or not supported", ["RFC 8725 sections 3.1 and 3.2"]),
        new("S06", "an algorithm that does not fit the key or is not the registered one", ["RFC 8725 section 3.1", Dpop]),
        new("S07", "a `kid` without a key, or no `kid` where several keys fit", ["RFC 7515 section 4.1.4, RFC 8725 section 3.10"]),
        new("S07", "a SPIFFE id whose trust domain has no keys", [Spiffe]),
        new("S08", "a signature that does not verify", ["RFC 7523 section 3 item 9", Dpop]),
        new("S09", "a client assertion without its explicit type, with `RequireExplicitTyp`", ["RFC 10070"], nameof(Leniency.AllowMissingTyp)),
        new("S09", "a missing `typ` where one is required", ["RFC 8725 section 3.11"], nameof(Leniency.AllowMissingTyp)),
        new("S09", "the `typ` of a JWT for another purpose", ["RFC 8725 section 3.11"]),
        new("S09", "another `typ` than that of an ID-JAG, from an issuer with `RequireIdJag`", [$"{Jag} section 4.4.1"]),
        new("S09", "a `typ` that is not a string", ["RFC 7515 section 4.1.9"]),
        new("S09a", "a JWT with the type of client authentication as a grant", ["RFC 10070"]),
        new("S09a", "one JWT as grant and as client assertion", ["RFC 7523 section 3 item 7"]),
        new("S10", "an `iss` that is missing, not registered or not trusted", ["RFC 7523 section 3 item 1", "RFC 7523 section 3 items 1 and 2"]),
        new("S10", "an `iss` and a `sub` of a client assertion that differ", ["OpenID Connect Core section 9"]),
        new("S10", "a `client_id` that is not registered, or not that of the credentials", ["RFC 6749 section 5.2", "RFC 7521 section 4.2"]),
        new("S10", "a client secret JWT with another `iss`, or an unknown SPIFFE id", [Apple, Spiffe]),
        new("S11", "a missing `sub`", ["RFC 7523 section 3 item 2", "RFC 7523 section 3 items 1 and 2"], nameof(Leniency.AllowMissingSub)),
        new("S11", "a subject that the issuer may not assert", ["RFC 7523 section 3 item 2", Apple, Spiffe]),
        new("S12", "an `aud` that is not this server, byte for byte", ["RFC 7523 section 3 item 3, RFC 10070", Apple], nameof(Leniency.AllowTokenEndpointAudience)),
        new("S12", "an `aud` with other audiences in addition", ["RFC 7523 section 3 item 3, RFC 10070", "a rule of this server, which RFC 7519 section 4.1.3 leaves open"], nameof(Leniency.AllowOtherAudiences)),
        new("S12", "an `aud` of a client assertion that is an array, with `FapiMode`", ["FAPI 2.0 section 5.3.2.1 item 8"]),
        new("S13", "an `exp` that is missing", ["RFC 7523 section 3 item 4"]),
        new("S13", "an `exp` that is past", ["RFC 7519 section 4.1.4"]),
        new("S13", "an `exp` that is too late", ["RFC 7523 section 3 item 4"], nameof(Leniency.AllowLongLifetime)),
        new("S13", "an `exp` that is not a number of seconds", ["RFC 7519 section 2"], nameof(Leniency.AllowStringDates)),
        new("S14", "an `iat` in the future", ["a rule of this server, which RFC 7519 section 4.1.6 leaves open", Dpop]),
        new("S14", "an `iat` that is too old", ["RFC 7523 section 3 item 6", Dpop], nameof(Leniency.AllowLongLifetime)),
        new("S14", "an `nbf` in the future", ["RFC 7519 section 4.1.5"]),
        new("S14", "an `exp` that is not after `iat` and `nbf`", ["a rule of this server, which RFC 7519 section 4.1 leaves open"]),
        new("S14", "an `iat` or `nbf` that is not a number of seconds", ["RFC 7519 section 2"], nameof(Leniency.AllowStringDates)),
        new("S14", "a DPoP proof without `iat`", ["RFC 9449 section 4.2"]),
        new("S14", "an ID-JAG without `iat`", [$"{Jag} section 3.1"]),
        new("S15", "a lifetime from `iat` to `exp` of more than `MaxAssertionLifetime`", ["RFC 7523 section 3 item 4"], nameof(Leniency.AllowLongLifetime)),
        new("S16", "a missing `jti`", ["OpenID Connect Core section 9", "a rule of this server, which RFC 7523 section 3 item 7 leaves open", Dpop, $"{Jag} section 3.1"], nameof(Leniency.AllowMissingJti)),
        new("S16", "a `jti` that was used before", ["OpenID Connect Core section 9", "a rule of this server, which RFC 7523 section 3 item 7 leaves open", Dpop], nameof(Leniency.AllowReusedJti)),
    ];

    private static readonly ConformanceRule[] Clients =
    [
        new("S17", "an unknown client, a wrong client secret, or malformed credentials", ["RFC 6749 section 2.3.1"]),
        new("S17", "an authentication method that the client is not registered for", ["RFC 7591 section 2"]),
        new("S17", "a grant type that the server does not know or the client may not use", ["RFC 6749 section 5.2"]),
        new("S17", "a request without the client authentication that its grant requires",
            ["RFC 6749 section 4.1.3", "RFC 6749 section 4.4.2", "RFC 6749 section 6", "RFC 7009 section 2.1", "RFC 8693 section 2.1"]),
        new("S17", "a scope with invalid syntax, or one that does not exist or is not allowed", ["RFC 6749 section 3.3"]),
        new("S17", "a resource or an audience that is no URI, or does not exist", ["RFC 8707 section 2"]),
        new("S17", "a code that is unknown, or of another client or redirect URI", ["RFC 6749 section 4.1.3"]),
        new("S17", "a code that is expired or used", ["RFC 6749 section 4.1.2"]),
        new("S17", "a `code_verifier` that is missing, malformed or wrong", ["RFC 7636 section 4.1", "RFC 7636 section 4.6"]),
        new("S17", "a `code_verifier` without a `code_challenge`, and a public client without PKCE", ["RFC 9700 section 2.1.1", "RFC 9700 section 4.8.2"]),
        new("S17", "a refresh token that is unknown, revoked or of another client", ["RFC 6749 section 6"]),
        new("S17", "a refresh token that was used before", ["RFC 9700 section 4.14.2"]),
        new("S17", "a subject or actor token that is not valid, or of an unknown type", ["RFC 8693 section 2.1", "RFC 8693 section 2.2.2"]),
        new("S17", "a request for a transaction token without scope", ["draft-ietf-oauth-transaction-tokens-10"]),
        new("S17", "the revocation of another client's token", ["RFC 7009 section 2.1"]),
        new("S18", "an assertion grant without the client authentication of `RequireClientAuthentication`", ["RFC 7522 section 3.1", "RFC 7523 section 3.1"]),
        new("S18", "a scope that was not granted before", ["RFC 6749 section 6", "RFC 8693 section 2.1", $"{Jag} section 4.4.1"]),
        new("S21", "a DPoP proof that is not valid for the request", ["RFC 9449 section 4.2", Dpop, "RFC 3986 section 2"]),
        new("S21", "a missing DPoP proof, with `RequireDPoP`", ["RFC 9449 section 5.2"]),
        new("S21", "a DPoP proof without the nonce of the server", ["RFC 9449 section 8"]),
        new("S21", "a code or a refresh token that is bound to another key", ["RFC 9449 section 5", "RFC 9449 section 10"]),
        new("S22", "a client certificate that is not registered, or without a `client_id`", ["RFC 8705 section 2", "RFC 8705 section 2.2"]),
        new("S23", "with `FapiMode`, a client that is not authenticated by private_key_jwt or mutual TLS", ["FAPI 2.0 section 5.3.2.1 item 6"]),
        new("S23", "with `FapiMode`, a token that would not be bound", ["FAPI 2.0 section 5.3.2.1 items 4 and 5"]),
        new("S23", "with `FapiMode`, a code without PKCE, or with an http redirect URI", ["FAPI 2.0 section 5.3.2.2 item 5", "FAPI 2.0 section 5.3.2.2 item 8"]),
        new("S24", "a request for an ID-JAG without one `audience`, for a server that the client has no `IdJagAudiences` for, with another subject token than an ID token, a SAML assertion or a refresh token, or with an actor token", [$"{Jag} section 4.3"]),
        new("S24", "an ID-JAG from a client that is not authenticated or not that of its `client_id`; a resource that it does not contain", [$"{Jag} section 4.4.1"]),
        new("S24", "an ID-JAG whose `scope` or `resource` has the wrong JSON type", [$"{Jag} section 3.1"]),
        new("S24", "an ID-JAG with `cnf` without a DPoP proof by the same key", [$"{Jag} section 8.6.1"]),
    ];

    private static readonly ConformanceRule[] Saml =
    [
        new("X01", "a SAML assertion that is not base64url, or is too large", ["RFC 7522 section 2.1"]),
        new("X02", "XML with a DTD or that is malformed", ["SAML Core section 1.2"]),
        new("X02", "XML that is not one Assertion 2.0 in the order of the schema", ["RFC 7522 section 2.1", "SAML Core section 1.3.4", "SAML Core section 2.3.3"]),
        new("X03", "an Issuer that is missing or not trusted", ["RFC 7522 section 3 item 1", "SAML Core section 2.2.5"]),
        new("X04", "a missing signature, or one that does not cover the assertion by one reference",
            ["RFC 7522 section 3 item 9", "SAML Core section 1.3.4", "SAML Core section 5.4", "SAML Core section 5.4.2", "SAML Core section 5.4.3", "SAML Core section 5.4.4"]),
        new("X05", "a signature algorithm that is not allowed", ["RFC 9231 section 2.3"]),
        new("X06", "a signature that does not verify", ["RFC 7522 section 3 item 9", "XML Signature section 4.2"]),
        new("X07", "Conditions that are not met or unknown", ["RFC 7522 section 3 item 6", "RFC 7522 section 3 item 11"]),
        new("X07", "an IssueInstant that is missing or in the future, and times that are not UTC", ["SAML Core section 2.3.3", "SAML Core section 1.3.3"]),
        new("X08", "an Audience that is not this server", ["RFC 7522 section 3 item 2, RFC 10070"]),
        new("X09", "a Subject without NameID, or one that the issuer may not assert", ["RFC 7522 section 3 item 3"]),
        new("X10", "no SubjectConfirmation that is bearer, for the token endpoint and not expired", ["RFC 7522 section 3 item 5", "SAML Core section 1.3.3"]),
        new("X11", "an AuthnStatement that is not valid, or a second one",
            ["RFC 7522 section 3 item 7", "SAML Core section 2.7.2", "SAML Core section 2.7.2.2", "SAML Core section 1.3.3"]),
        new("X12", "an assertion ID that was used before", ["RFC 7522 section 3 item 6"]),
    ];

    public static IReadOnlyList<ConformanceRule> All { get; } = [.. Requests, .. Jwts, .. Clients, .. Saml];

    /// <summary>Checks, where this repository is tested, that a refusal names a rule and a clause of this list.</summary>
    [Conditional("DEBUG")]
    public static void CheckDeclared(string rule, string clause, string? leniency = null)
    {
        if (!All.Any(row => row.Id == rule && row.Clauses.Contains(clause) && (leniency is null || row.Leniencies.Contains(leniency))))
            throw new InvalidOperationException($"{nameof(ConformanceRules)} has no row with {rule}, '{clause}' and {leniency ?? "no leniency"}. Declare it.");
    }
}
