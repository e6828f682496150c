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
        problem = "The Authorization header is not 'Basic' with credentials. Use the Basic scheme, or authenticate in the form.";
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        problem = "The Basic credentials are not base64 on a single line.";
        var text = header["Basic ".Length..];
        var bytes = new byte[text.Length];
        // The platform ignores white space and spare bits, so the decoded bytes are encoded again and compared.
        if (!Convert.TryFromBase64String(text, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != text)
            return null;
        problem = "The Basic credentials are not an id and a secret with one colon between them.";
        if (Encoding.Latin1.GetString(bytes, 0, length).Split(':') is not [var id, var secret] || id.Length == 0)
            return null;
        problem = "The id or the secret is not form-encoded. Encode each of them before base64 (RFC 6749 appendix B).";
        return Decode(id) is { } clientId && Decode(secret) is { } clientSecret ? (clientId, clientSecret) : null;
    }

    private static string? Decode(string text) => text.AsSpan().ContainsAnyExcept(FormEncodedCharacters) ? null : FormReader.Decode(text);
}
