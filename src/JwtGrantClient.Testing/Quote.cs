using System.Text.Json;

namespace JwtGrantClient.Testing;

/// <summary>Shows what a client sent: short, and harmless to a terminal, a log and an error_description.</summary>
internal static class Quote
{
    private const int Longest = 120;

    public static string Of(string text) => $"'{Printable(text.Length <= Longest ? text : text[..Longest] + "...")}'";

    public static string Of(char character) => character is > ' ' and <= '~' ? $"'{character}'" : $"U+{(int)character:X4}";

    /// <summary>A JSON value by kind and content, so that <c>"1"</c> and <c>1</c> look different.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the string {Of(value.GetString()!)}",
        JsonValueKind.Number => $"the number {Printable(Shortened(value.GetRawText()))}",
        JsonValueKind.Array => $"the array {Printable(Shortened(value.GetRawText()))}",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };

    public static string List(IEnumerable<string> texts) => string.Join(", ", texts.Select(Of)) is { Length: > 0 } list ? list : "none";

    /// <summary>RFC 6749 section 5.2: only %x20-21 / %x23-5B / %x5D-7E may stand in an error_description.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (shown, text) =>
    {
        for (var i = 0; i < text.Length; i++)
            shown[i] = text[i] switch { '"' => '\'', '\\' => '/', >= ' ' and <= '~' and var plain => plain, _ => '?' };
    });

    private static string Shortened(string text) => text.Length <= Longest ? text : text[..Longest] + "...";
}
