using System.Globalization;
using System.Text;
using System.Text.Unicode;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Reads a form (RFC 6749 appendix B) and refuses what is ambiguous (S01).</summary>
internal static class FormReader
{
    private const string Clause = "RFC 6749 section 3.2";

    /// <summary>The fields that count: each once, save targets; an empty value is an omitted one.</summary>
    /// <exception cref="RefusedException">The request is no form, or names a field twice.</exception>
    public static TokenForm Read(ServerRequest request)
    {
        if (request.Method != "POST")
            throw RefusedException.Request("S01", Clause, $"The method is {request.Method}; a token request is a POST.");
        var mediaType = request.Header("Content-Type")?.Split(';')[0].Trim();
        if (!string.Equals(mediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw RefusedException.Request(
                "S01", Clause, $"The Content-Type is '{mediaType ?? "missing"}'; expected application/x-www-form-urlencoded.");
        var fields = TryDecode(request.Body, out var problem) ?? throw RefusedException.Request("S01", "RFC 6749 appendix B", problem);
        var form = new TokenForm([.. fields.Where(field => field.Value.Length > 0)]);
        var twice = fields.Where(field => !form.MayRepeat(field.Key)).GroupBy(field => field.Key)
            .FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw RefusedException.Request("S01", Clause, $"The field '{twice.Key}' stands {twice.Count()} times; it may stand once.");
        return form;
    }

    /// <summary>All fields as they came; null, and why, where the body is no form.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? TryDecode(byte[] body, out string problem)
    {
        problem = "";
        if (body.AsSpan().IndexOfAnyExceptInRange((byte)' ', (byte)'~') is >= 0 and var at)
        {
            problem = $"The byte 0x{body[at]:X2} stands unescaped in the form, at offset {at}. Percent-encode it.";
            return null;
        }
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var pair in Encoding.ASCII.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (Decode(parts[0]) is not { } name || Decode(parts.ElementAtOrDefault(1) ?? "") is not { } value)
            {
                problem = $"The form field '{parts[0]}' has a percent sign without two hex digits, or escapes that are no UTF-8.";
                return null;
            }
            fields.Add(new(name, value));
        }
        return fields;
    }

    /// <summary>One name or value decoded; null where an escape is broken or no UTF-8.</summary>
    // The platform's decoders leave in place what they cannot decode; two readers would see two texts.
    public static string? Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i] == '+' ? (byte)' ' : (byte)text[i];
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length
                    || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
                    return null;
                i += 2;
            }
            bytes.Add(value);
        }
        return Utf8.IsValid([.. bytes]) ? Encoding.UTF8.GetString([.. bytes]) : null;
    }
}
