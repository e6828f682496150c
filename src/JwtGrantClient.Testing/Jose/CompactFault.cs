namespace JwtGrantClient.Testing.Jose;

/// <summary>Describes why a text is not one signed JWT in the compact form: the end of a sentence that begins with the name of the JWT.</summary>
internal static class CompactFault
{
    private static readonly char[] Separators = [' ', '\t', '\r', '\n', ',', ';', '&', '|'];

    /// <summary>Returns whether the text is more, or something else, than a JWT although it may have two dots.</summary>
    public static bool IsWrapped(string text) =>
        text is [] or ['{' or '[' or '"' or '\'', ..] || text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    public static string Describe(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
            return "is empty.";
        if (trimmed[0] is '{' or '[')
            return "is JSON. Send the compact form of a JWT: three segments of base64url (RFC 7515 section 7.1).";
        if (trimmed[0] is '"' or '\'')
            return $"begins with the quote {trimmed[0]}. Send the JWT without quotes.";
        if (trimmed.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return "begins with the scheme 'Bearer'. Send only the JWT.";
        var segments = text.Split('.');
        if (text.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Count(part => part.Count('.') == 2) > 1 || IsConcatenated(segments))
            return "contains two JWTs. Send one.";
        return segments.Length switch
        {
            1 => "has no dot, so it is not a JWT.",
            5 => "has five segments, so it is encrypted (JWE). This server accepts only signed JWTs.",
            var count => $"has {count} segments; a signed JWT has three.",
        };
    }

    // The JSON of a header begins with {", which is eyJ in base64url. Two JWTs that are joined by a dot, or by nothing, have six or five segments.
    private static bool IsConcatenated(string[] segments) => segments.Length switch
    {
        6 => segments[3].StartsWith("eyJ", StringComparison.Ordinal),
        5 => segments[0].StartsWith("eyJ", StringComparison.Ordinal) && segments[2].Contains("eyJ", StringComparison.Ordinal)
            && segments[3].StartsWith("eyJ", StringComparison.Ordinal),
        _ => false,
    };
}
