namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Keeps a text within what <c>error_description</c> may hold (RFC 6749 section 5.2): %x20-21 / %x23-5B / %x5D-7E.</summary>
internal static class ErrorDescriptionText
{
    public static string Allowed(string text) =>
        string.Concat(text.Select(c => c switch { '"' => '\'', '\\' => '/', < ' ' or > '~' => '?', _ => c }));
}
