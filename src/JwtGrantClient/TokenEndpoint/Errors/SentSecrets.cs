using System.Text;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Finds the secrets of a request that was sent, so that they can be masked if the server echoes them in an error. It reads them from the request itself,
/// so a request that succeeds costs nothing.
/// </summary>
internal static class SentSecrets
{
    /// <summary>The fields that describe a request. All other fields are secrets, or may be: the parameters of the application.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "grant_type", "client_id", "scope", "resource", "audience", "redirect_uri", "client_assertion_type", "subject_token_type", "actor_token_type",
        "requested_token_type", "token_type_hint",
    };

    /// <summary>The headers without secrets: of the library, and of the trace context that .NET adds. The value of Authorization is treated on its own.</summary>
    private static readonly HashSet<string> HarmlessHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Accept", "User-Agent", "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context",
    };

    /// <summary>Creates a mask for the secrets of a request.</summary>
    /// <param name="request">The request, with its headers.</param>
    /// <param name="content">Its form; a handler may have replaced the content of the request.</param>
    public static SecretMask From(HttpRequestMessage? request, HttpContent? content)
    {
        List<KeyValuePair<string, string>> secrets = [];
        if (content is TokenRequestContent form)
            foreach (var field in form.ReadFields())
                if (!Harmless.Contains(field.Key))
                    secrets.Add(field);
        if (request?.Headers.Authorization is { Parameter: { } credentials })
        {
            if (DecodeSecret(credentials) is { } secret)
                secrets.Add(new("client secret", secret));
            secrets.Add(new("Authorization header", credentials));
        }
        foreach (var (name, values) in request?.Headers.NonValidated ?? default)
            if (!HarmlessHeaders.Contains(name))
                foreach (var value in values)
                    secrets.Add(new(name == DPoPHeaders.Proof ? "DPoP proof" : $"value of {name}", value));
        return secrets.Count == 0 ? SecretMask.None : new(secrets);
    }

    /// <summary>
    /// Returns the cause of a failure if it contains no secret that was sent, otherwise an exception with a masked message: the exceptions of an HTTP
    /// handler quote malformed headers of the server.
    /// </summary>
    public static Exception MaskCause(Exception cause, SecretMask mask)
    {
        const int MaximumSearchedLength = 64 * 1024;
        return cause.ToString() is var text && text.Length <= MaximumSearchedLength && !mask.IsIn(text)
            ? cause
            : new HttpRequestException(
                (cause as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown, $"{cause.GetType().Name}: {SanitizedText.From(cause.Message, mask)}");
    }

    // RFC 6749 section 2.3.1: id and secret, each form-encoded, in base64.
    private static string? DecodeSecret(string credentials)
    {
        var bytes = new byte[credentials.Length];
        return Convert.TryFromBase64String(credentials, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':') is [_, var secret]
            ? System.Net.WebUtility.UrlDecode(secret)
            : null;
    }
}
