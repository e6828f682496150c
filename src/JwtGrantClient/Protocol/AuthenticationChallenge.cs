using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>One challenge of a WWW-Authenticate header (RFC 9110 section 11.6.1), as far as OAuth needs it (RFC 6750 section 3).</summary>
internal readonly record struct AuthenticationChallenge(string Scheme, string? Error, string? Scope, string? Description)
{
    public bool IsOf(string scheme) => Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads scheme and parameters; what is malformed is passed over, for a bad header must not hide the status.</summary>
    public static AuthenticationChallenge Read(string scheme, string? parameters)
    {
        string? error = null, scope = null, description = null;
        var rest = parameters.AsSpan();
        while (NextParameter(ref rest, out var name, out var value))
        {
            if (name.Equals("error", StringComparison.OrdinalIgnoreCase))
                error ??= value;
            else if (name.Equals("scope", StringComparison.OrdinalIgnoreCase))
                scope ??= value;
            else if (name.Equals("error_description", StringComparison.OrdinalIgnoreCase))
                description ??= value;
        }
        return new(scheme, error, scope, description);
    }

    private static bool NextParameter(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> name, out string value)
    {
        rest = rest.TrimStart(" \t,");
        var equals = rest.IndexOf('=');
        name = equals < 0 ? default : rest[..equals].Trim();
        value = "";
        if (equals < 0)
            return false;
        rest = rest[(equals + 1)..].TrimStart();
        var isQuoted = rest.StartsWith("\"", StringComparison.Ordinal);
        var length = isQuoted ? QuotedLength(rest) : TokenLength(rest);
        value = isQuoted ? Unquoted(rest[1..length]) : rest[..length].Trim().ToString();
        rest = rest[length..];
        return true;
    }

    // RFC 9110 section 5.6.4: a backslash stands before a character that is meant literally.
    private static string Unquoted(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length && text[i] != '"'; i++)
            plain.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        return plain.ToString();
    }

    private static int TokenLength(ReadOnlySpan<char> text) => text.IndexOf(',') is var comma and >= 0 ? comma : text.Length;

    private static int QuotedLength(ReadOnlySpan<char> text)
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
