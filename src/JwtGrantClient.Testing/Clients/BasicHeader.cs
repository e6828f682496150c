using System.Buffers;
using System.Text;
using JwtGrantClient.Testing.Endpoints;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Id and secret in the Authorization header: each form-encoded, then both in base64 (RFC 6749 section 2.3.1).</summary>
internal static class BasicHeader
{
    public const string Clause = "RFC 6749 section 2.3.1";

    // What form encoding leaves as it is, generously: RFC 1738's and RFC 3986's unreserved characters.
    private static readonly SearchValues<char> Encoded = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!*'()$,+%");

    /// <summary>The pair, or what is wrong.</summary>
    public static (string Id, string Secret)? TryParse(string header, out string problem)
    {
        problem = "The Authorization header is no 'Basic' with credentials; authenticate by that, or in the form.";
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        problem = "The Basic credentials are no base64 of one line.";
        var text = header["Basic ".Length..];
        var bytes = new byte[text.Length];
        // The platform passes over white space, and a canonical spelling has no spare bits.
        if (!Convert.TryFromBase64String(text, bytes, out var length) || Convert.ToBase64String(bytes, 0, length) != text)
            return null;
        problem = "The Basic credentials are no id and secret with one colon between.";
        if (Encoding.Latin1.GetString(bytes, 0, length).Split(':') is not [var id, var secret] || id.Length == 0)
            return null;
        problem = "The id or the secret is not form-encoded; encode each before base64 (RFC 6749 appendix B).";
        return Decode(id) is { } clientId && Decode(secret) is { } clientSecret ? (clientId, clientSecret) : null;
    }

    private static string? Decode(string text) => text.AsSpan().ContainsAnyExcept(Encoded) ? null : FormReader.Decode(text);
}
