using System.Globalization;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>From an answer that is no token to the error that callers see (RFC 6749 section 5.2). A pure function.</summary>
internal static class RefusalReader
{
    public static JwtGrantException Read(RawResponse response, JsonElement? json)
    {
        var member = json is { } body && body.TryGetProperty("error", out var error) ? error : default;
        // An error that is an object or a number says that OAuth was understood and refused; sending it again would change nothing.
        if (member.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.String))
            return Refused(response, "unreadable_error", description: null, uri: null);
        var code = json?.Text("error") ?? ErrorInChallenge(response);
        return code is null
            ? NotOAuth(response)
            : Refused(response, SafeText.Of(code), json?.Text("error_description") ?? DescriptionInChallenge(response), json?.Text("error_uri"));
    }

    public static JwtGrantException Redirect(RawResponse response) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_redirected",
        $"The token endpoint answered {response.Status}, a redirect to {response.Headers.Location?.GetHost() ?? "an unknown place"}. It was not followed: " +
        "an assertion goes only where it was meant to. Set TokenEndpoint to the final address, if you trust it.")
    {
        StatusCode = response.Status,
    };

    private static JwtGrantException Refused(RawResponse response, string error, string? description, string? uri)
    {
        description = description is null ? null : SafeText.Of(description);
        var cure = RefusalAdvice.For(error, description, response.ClockAhead);
        return new(JwtGrantErrorKind.Refused, "token_request_refused",
            $"The token endpoint refused the request ({response.Status} {error}). {cure}" +
            (description is null ? "" : $"\nThe server's words: {description}"))
        {
            StatusCode = response.Status,
            Error = error,
            ErrorDescription = description,
            ErrorUri = uri is null ? null : SafeText.Of(uri),
            RetryAfter = response.RetryAfter,
            IsTransient = Retryable.Refusal(response.Status, error),
        };
    }

    // A proxy, a firewall, a gateway page: keep its first words, for they often name the culprit.
    private static JwtGrantException NotOAuth(RawResponse response) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_failed", string.Create(
            CultureInfo.InvariantCulture,
            $"The token endpoint answered {response.Status} without an OAuth error (Content-Type: {response.ContentType ?? "none"}). ") +
        "Expected a token, or an error by RFC 6749 section 5.2; look for a proxy, a wrong address or a server in trouble." + FirstWords(response.Body.Span))
    {
        StatusCode = response.Status,
        RetryAfter = response.RetryAfter,
        IsTransient = Retryable.Status(response.Status),
    };

    private static string FirstWords(ReadOnlySpan<byte> body) =>
        body.IsEmpty ? "" : $"\nThe body begins: {SafeText.Of(Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)])).Trim()}";

    private static string? ErrorInChallenge(RawResponse response) => Challenges(response).FirstOrDefault(c => c.Error is not null).Error;

    private static string? DescriptionInChallenge(RawResponse response) => Challenges(response).FirstOrDefault(c => c.Error is not null).Description;

    private static IEnumerable<Challenge> Challenges(RawResponse response) =>
        response.Headers.WwwAuthenticate.Select(header => Challenge.Read(header.Scheme, header.Parameter));

    private static string GetHost(this Uri location) => location.IsAbsoluteUri ? $"'{location.Host}'" : "another path of the same host";
}
