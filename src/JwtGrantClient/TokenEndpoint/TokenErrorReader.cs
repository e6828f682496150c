using System.Globalization;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>From an answer that is no token to the error that callers see (RFC 6749 section 5.2). A pure function.</summary>
internal static class TokenErrorReader
{
    private static readonly string[] ForPeople = ["message", "detail", "title", "error_description"];

    private static readonly string[] SecretWords = ["token", "assertion", "secret", "password", "verifier", "code="];

    public static JwtGrantException Read(TokenHttpResponse response, JsonElement? json)
    {
        // An error that is an object or a number says that OAuth was understood and refused; sending it again would change nothing.
        if (json is { } body && HasError(body))
            return Refused(response, body.Text("error") ?? "unreadable_error", body.Text("error_description"), body.Text("error_uri"));
        return ChallengeWithError(response) is { Error: { } error } challenge
            ? Refused(response, error, challenge.Description, uri: null)
            : NotOAuth(response, json);
    }

    /// <summary>Whether the body reports an error. Null and empty are how some servers write that there is none.</summary>
    public static bool HasError(JsonElement json) =>
        json.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null && error.Text() is not "";

    public static JwtGrantException Redirect(TokenHttpResponse response) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_redirected",
        $"The token endpoint answered {response.Status}, a redirect to {PlaceOf(response.Headers.Location)}. It was not followed: " +
        "an assertion goes only where it was meant to. Set TokenEndpoint to the final address, if you trust it.")
    {
        StatusCode = response.Status,
    };

    private static JwtGrantException Refused(TokenHttpResponse response, string error, string? description, string? uri)
    {
        error = SanitizedText.From(error);
        description = description is null ? null : SanitizedText.From(description);
        var cure = TokenErrorAdvice.For(error, description, response.ClockAhead);
        return new(JwtGrantErrorKind.Refused, "token_request_refused",
            $"The token endpoint refused the request ({response.Status} {error}). {cure}" +
            (description is null ? "" : $"\nThe server's words: {description}"))
        {
            StatusCode = response.Status,
            Error = error,
            ErrorDescription = description,
            ErrorUri = uri is null ? null : SanitizedText.From(uri),
            RetryAfter = response.RetryAfter,
            IsTransient = TransientErrors.IsTransientError(response.Status, error),
        };
    }

    private static JwtGrantException NotOAuth(TokenHttpResponse response, JsonElement? json) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_failed", string.Create(
            CultureInfo.InvariantCulture,
            $"The token endpoint answered {response.Status} without an OAuth error (Content-Type: {response.ContentType ?? "none"}). ") +
        "Expected a token, or an error by RFC 6749 section 5.2; look for a proxy, a wrong address or a server in trouble." +
        WordsOf(response.Body.Span, json))
    {
        StatusCode = response.Status,
        RetryAfter = response.RetryAfter,
        IsTransient = TransientErrors.IsTransientStatus(response.Status),
    };

    // A proxy, a firewall, a gateway page: its words often name the culprit. Of JSON only what is written for people, for the rest may be a
    // token; of a page the beginning, unless it repeats the request.
    private static string WordsOf(ReadOnlySpan<byte> body, JsonElement? json)
    {
        if (json is { } members)
            return ForPeople.Select(name => members.Text(name)).FirstOrDefault(text => text is not null) is { } message
                ? $"\nThe body says: {SanitizedText.From(message)}"
                : "";
        var words = SanitizedText.From(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)])).Trim();
        return words is "" or ['{' or '[', ..] ? ""
            : Array.Exists(SecretWords, word => words.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "\nThe body is not shown, " +
                "for it may hold a secret."
            : $"\nThe body begins: {words}";
    }

    private static AuthenticationChallenge ChallengeWithError(TokenHttpResponse response) => response.Headers.WwwAuthenticate
        .Select(header => AuthenticationChallenge.Parse(header.Scheme, header.Parameter))
        .FirstOrDefault(challenge => !string.IsNullOrEmpty(challenge.Error));

    private static string PlaceOf(Uri? location) => location switch
    {
        null => "an unknown place",
        { IsAbsoluteUri: true } => $"'{SanitizedText.From(location.Host)}'",
        _ when location.OriginalString.StartsWith("//", StringComparison.Ordinal) => "another host",
        _ => "another path of the same host",
    };
}
