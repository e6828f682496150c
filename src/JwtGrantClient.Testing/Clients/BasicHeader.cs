using System.Buffers;
using System.Text;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Clients;

/// <summary>
/// Reads the Basic credentials of the Authorization header: client id and secret, each form-encoded, joined by a colon and base64-encoded
/// (RFC 6749 section 2.3.1).
/// </summary>
internal static class BasicHeader
{
    public const string Clause = "RFC 6749 section 2.3.1";

    // The characters of a form-encoded value. Encoders differ in what they leave unescaped, so this includes the unreserved characters of
    // both RFC 1738 and RFC 3986.
    private static readonly SearchValues<char> FormEncodedCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!*'()$,+%");

    /// <summary>Returns the id and the secret, or null and what is wrong with the header.</summary>
    public static (string Id, string Secret)? TryParse(string header, out string problem)
    {
        problem = $"The Authorization header has the scheme '{header.Split(' ')[0]}'; expected Basic, or client authentication in the form.";
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        problem = "The Basic credentials are not base64 on a single line.";
        var text = header["Basic ".Length..];
        var bytes = new byte[text.Length];
        // The platform ignores white space and spare bits, so the decoded bytes are encoded again and compared.
        if (!Convert.TryFromBase64String(text, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != text)
            return null;
        var parts = Encoding.Latin1.GetString(bytes, 0, length).Split(':');
        problem = $"The Basic credentials have {parts.Length - 1} colons; expected one, between the id and the secret.";
        if (parts is not [var id, var secret])
            return null;
        problem = "The Basic credentials have no id before the colon.";
        if (id.Length == 0)
            return null;
        return Decode("id", id, out problem) is { } clientId && Decode("secret", secret, out problem) is { } clientSecret
            ? (clientId, clientSecret) : null;
    }

    // A character of a secret is not quoted.
    private static string? Decode(string name, string text, out string problem)
    {
        const string Advice = "Form-encode id and secret before base64 (RFC 6749 appendix B).";
        problem = text.AsSpan().IndexOfAnyExcept(FormEncodedCharacters) is >= 0 and var offset
            ? $"The {name} in the Basic credentials has a character at offset {offset} that is not form-encoded. {Advice}" : "";
        if (problem.Length > 0)
            return null;
        var decoded = FormReader.Decode(text, out var fault);
        problem = decoded is null ? $"The {name} in the Basic credentials has {fault}. {Advice}" : "";
        return decoded;
    }
}
