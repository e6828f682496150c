using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>
/// A challenge of a WWW-Authenticate header (RFC 9110 section 11.6.1) with the parameters that OAuth defines (RFC 6750 section 3, RFC 9470 section 3).
/// </summary>
internal sealed record AuthenticationChallenge(string Scheme, string? Error, string? Scope, string? Description)
{
    /// <summary>Gets the authentication context class references that the API accepts.</summary>
    public string? AcrValues { get; private init; }

    /// <summary>Gets how long ago the user may have authenticated; null if it is missing or not a number of seconds.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>Gets the claims that the API requires.</summary>
    public string? Claims { get; private init; }

    /// <summary>Returns whether the challenge has a scheme. Schemes are case-insensitive (RFC 9110 section 11.1).</summary>
    public bool HasScheme(string scheme) => Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses all challenges of a response.</summary>
    public static AuthenticationChallenge[] ParseAll(HttpResponseHeaders headers) =>
        [.. new List<AuthenticationHeaderValue>(headers.WwwAuthenticate).ConvertAll(header => Parse(header.Scheme, header.Parameter))];

    /// <summary>
    /// Parses a challenge. Malformed parameters are ignored: an invalid header must not hide the status code of the response.
    /// </summary>
    public static AuthenticationChallenge Parse(string scheme, string? parameters)
    {
        string? error = null, scope = null, description = null, acrValues = null, claims = null;
        TimeSpan? maxAge = null;
        var rest = parameters.AsSpan();
        while (TryReadParameter(ref rest, out var name, out var value))
        {
            if (name.Equals("error", StringComparison.OrdinalIgnoreCase))
                error ??= value;
            else if (name.Equals("scope", StringComparison.OrdinalIgnoreCase))
                scope ??= value;
            else if (name.Equals("error_description", StringComparison.OrdinalIgnoreCase))
                description ??= value;
            else if (name.Equals("acr_values", StringComparison.OrdinalIgnoreCase))
                acrValues ??= value;
            else if (name.Equals("claims", StringComparison.OrdinalIgnoreCase))
                claims ??= value;
            else if (name.Equals("max_age", StringComparison.OrdinalIgnoreCase) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                maxAge ??= TimeSpan.FromSeconds(seconds);
        }
        return new(scheme, error, scope, description) { AcrValues = acrValues, MaxAge = maxAge, Claims = claims };
    }

    private static bool TryReadParameter(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> name, out string value)
    {
        rest = rest.TrimStart(" \t,");
        var equals = rest.IndexOf('=');
        name = equals < 0 ? default : rest[..equals].Trim();
        value = "";
        if (equals < 0)
            return false;
        rest = rest[(equals + 1)..].TrimStart();
        var isQuoted = rest.StartsWith("\"", StringComparison.Ordinal);
        var length = isQuoted ? GetQuotedLength(rest) : GetTokenLength(rest);
        value = isQuoted ? Unquote(rest[1..length]) : rest[..length].Trim().ToString();
        rest = rest[length..];
        return true;
    }

    // RFC 9110 section 5.6.4: a backslash escapes the character after it.
    private static string Unquote(ReadOnlySpan<char> text)
    {
        var unquoted = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length && text[i] != '"'; i++)
            unquoted.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        return unquoted.ToString();
    }

    private static int GetTokenLength(ReadOnlySpan<char> text) => text.IndexOf(',') is var comma and >= 0 ? comma : text.Length;

    private static int GetQuotedLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
        }
        return text.Length;
    }
}
