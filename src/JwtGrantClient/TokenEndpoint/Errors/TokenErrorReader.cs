using System.Globalization;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Creates the error for a response that is not a token (RFC 6749 section 5.2). It is a pure function.</summary>
internal static class TokenErrorReader
{
    private const int SearchedBytes = 4096, ExcerptLength = 200;

    /// <summary>Error codes that are not masked, whatever the request contained: the behavior of the client depends on them.</summary>
    private static readonly string[] KnownErrors =
    [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target",
        "invalid_token", "access_denied", "server_error", "temporarily_unavailable", "internal_failure", "use_dpop_nonce", "invalid_dpop_proof",
        "consent_required", "interaction_required", "unsupported_token_type", "unreadable_error",
    ];

    private static readonly string[] MessageMembers = ["message", "detail", "title", "error_description"];

    // Of an error that is an object, which is not standardized.
    private static readonly string[] CodeMembers = ["code", "type", "status"];

    private static readonly string[] ErrorMessageMembers = ["errorMessage", "errorSummary"];

    // Beside one of those.
    private static readonly string[] ErrorCodeMembers = ["errorCode", "errorHttpCode"];

    private static readonly string[] SecretWords = ["token", "assertion", "secret", "password", "verifier", "code="];

    /// <summary>Creates the error.</summary>
    /// <param name="response">The response.</param>
    /// <param name="json">Its body; null if it is not a JSON object.</param>
    /// <param name="sender">The client; null if it is not known.</param>
    /// <param name="hasMessages">Whether the server, which is not one of OAuth, reports its errors as <c>message</c>.</param>
    public static JwtGrantException Read(TokenHttpResponse response, JsonElement? json, RequestSender? sender = null, bool hasMessages = false)
    {
        var sent = SentRequest.From(response.Request, response.RequestContent, sender);
        // An error that is an object or a number is an OAuth error too: sending the request again does not help.
        if (json is { } body && HasError(body))
            return body.GetProperty("error") is { ValueKind: JsonValueKind.Object } details
                ? Rejection(response, sent, sender, FirstText(details, CodeMembers) ?? "unreadable_error", FirstText(details, MessageMembers), details.Text("error_uri"))
                : Rejection(response, sent, sender, body.Text("error") ?? "unreadable_error", body.Text("error_description"), body.Text("error_uri"));
        // Not standardized: the errors of SAP, and some of Okta, have no member error.
        if (json is { } other && FirstText(other, ErrorMessageMembers) is { } message)
            return Rejection(response, sent, sender, FirstText(other, ErrorCodeMembers) ?? "unreadable_error", message, uri: null);
        if (hasMessages && json is { } plain && plain.Text("message") is { } text)
            return Rejection(response, sent, sender, FirstText(plain, CodeMembers) ?? response.Status.ToString(CultureInfo.InvariantCulture), text, plain.Text("documentation_url"));
        return ChallengeWithError(response) is { Error: { } error } challenge
            ? Rejection(response, sent, sender, error, challenge.Description, uri: null)
            : NotOAuth(response, sent, sender, json);
    }

    /// <summary>Returns whether the body reports an error. Some servers write null or an empty string for no error.</summary>
    public static bool HasError(JsonElement json) =>
        json.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null && error.Text() is not "";

    public static JwtGrantException Redirect(TokenHttpResponse response) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_redirected",
        $"The token endpoint responded with {response.Status}, a redirect to {Describe(response)}. It was not followed, because an assertion goes only to the configured endpoint. Set TokenEndpoint to the final address, if you trust it.")
    {
        StatusCode = response.Status,
    };

    private static JwtGrantException Rejection(
        TokenHttpResponse response, SentRequest sent, RequestSender? sender, string error, string? description, string? uri)
    {
        error = Array.IndexOf(KnownErrors, error) >= 0 ? error : response.Sanitize(error);
        var status = response.Status.ToString(CultureInfo.InvariantCulture);
        // The name that replaces a secret is no word of the server.
        var advice = TokenErrorAdvice.ForOAuthError(error, description is null ? null : SanitizedText.From(description), sent, response, sender);
        description = description is null ? null : response.Sanitize(description);
        return new(JwtGrantErrorKind.Refused, "token_request_refused",
            $"The token endpoint rejected the request ({(error == status ? status : $"{status} {error}")}). {advice}" +
            (description is null ? "" : $"\nThe server says: {description}") + Overrides(sender) + Reuse(sent, sender) + Describe(response, sent, sender))
        {
            StatusCode = response.Status,
            Error = error,
            ErrorDescription = description,
            ErrorUri = uri is null ? null : response.Sanitize(uri),
            RetryAfter = response.RetryAfter,
            IsTransient = TransientErrors.IsTransientError(response.Status, error) || (response is { Status: 403, RetryAfter: not null }),
        };
    }

    private static JwtGrantException NotOAuth(TokenHttpResponse response, SentRequest sent, RequestSender? sender, JsonElement? json) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_failed", string.Create(
            CultureInfo.InvariantCulture,
            $"The token endpoint responded with {response.Status} and without an OAuth error (Content-Type: {response.ContentType ?? "none"}). ") +
        TokenErrorAdvice.ForHttpError(response) +
        Excerpt(response, json) +
        // Some servers reject a client without an OAuth error.
        (response.Status is 400 or 401 or 403 ? Describe(response, sent, sender) : ""))
    {
        StatusCode = response.Status,
        RetryAfter = response.RetryAfter,
        IsTransient = TransientErrors.IsTransientStatus(response.Status),
    };

    private static string Describe(TokenHttpResponse response, SentRequest sent, RequestSender? sender) =>
        sent.Describe(response.Mask, sender, response.RequestedAt);

    // Servers that accept a token once often give the same reason for all refusals.
    private static string Reuse(SentRequest sent, RequestSender? sender)
    {
        foreach (var assertion in sent.Assertions)
            if (assertion.HasId && sender?.CountUses(assertion.Field) is > 1 and var uses)
                return string.Create(
                    CultureInfo.InvariantCulture, $"\nThe token from {sender.SourceOf(assertion.Field)} was sent {uses} times. If the server accepts a token once (jti), the party that issues it must replace it before each request.");
        return "";
    }

    // A provider often refuses what differs from its documentation without naming it.
    private static string Overrides(RequestSender? sender) => sender is { Overrides: [_, ..] overrides }
        ? $"\nThe configuration replaces defaults of the provider {sender.Provider}: {string.Join(", ", overrides)}."
        : "";

    // The text of a proxy, a firewall or a gateway often names the cause. From JSON only messages are shown, because other members may hold a
    // token. From a page the beginning is shown, unless it may repeat the request.
    private static string Excerpt(TokenHttpResponse response, JsonElement? json)
    {
        if (json is { } members)
            return FirstText(members, MessageMembers) is { } message
                ? $"\nThe body says: {response.Sanitize(message)}"
                : "";
        var body = response.Body.Span;
        // Sanitized before it is cut: a part of a secret would not be recognized.
        var words = response.Sanitize(Encoding.UTF8.GetString(body[..Math.Min(body.Length, SearchedBytes)]));
        words = (words.Length <= ExcerptLength ? words : words[..ExcerptLength]).Trim();
        return words is "" or ['{' or '[', ..] ? ""
            : Array.Exists(SecretWords, word => words.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "\nThe body is not shown, because it may hold a secret."
            : $"\nThe body begins: {words}";
    }

    private static string? FirstText(JsonElement json, string[] names)
    {
        foreach (var name in names)
            if (json.Text(name) is { } text)
                return text;
        return null;
    }

    private static AuthenticationChallenge? ChallengeWithError(TokenHttpResponse response) =>
        Array.Find(AuthenticationChallenge.ParseAll(response.Headers), challenge => !string.IsNullOrEmpty(challenge.Error));

    private static string Describe(TokenHttpResponse response) => response.Headers.Location switch
    {
        null => "an unknown address",
        { IsAbsoluteUri: true } location => $"'{response.Sanitize(location.Host)}'",
        var location when location.OriginalString.StartsWith("//", StringComparison.Ordinal) => "another host",
        _ => "another path of the same host",
    };
}
