namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Replaces the characters that <c>error_description</c> may not contain (RFC 6749 section 5.2).</summary>
internal static class ErrorDescriptionText
{
    // Allowed are %x20-21, %x23-5B and %x5D-7E.
    public static string Sanitize(string text) =>
        string.Concat(text.Select(c => c switch { '"' => '\'', '\\' => '/', < ' ' or > '~' => '?', _ => c }));
}
