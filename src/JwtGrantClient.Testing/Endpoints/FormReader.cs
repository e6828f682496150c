using System.Globalization;
using System.Text;
using System.Text.Unicode;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Reads the form of a request (RFC 6749 appendix B). A form that two parsers could read differently is refused.</summary>
internal static class FormReader
{
    private const string Clause = "RFC 6749 section 3.2";

    /// <summary>
    /// Returns the fields that have a value. Each field occurs once, except those that <see cref="TokenForm.MayRepeat"/> allows.
    /// </summary>
    /// <exception cref="RefusedException">The request is not a form, repeats a field, or has its parameters in the query.</exception>
    public static TokenForm Read(ServerRequest request)
    {
        if (request.Method != "POST")
            throw RefusedException.InvalidRequest("S01", Clause, $"The method is {request.Method}; expected POST.");
        if (request.Body.Length > ServerRequest.MaxBodyLength)
            throw RefusedException.InvalidRequest("S01", "RFC 9110 section 15.5.14",
                $"The body is longer than {ServerRequest.MaxBodyLength} bytes.", 413);
        QueryRules.Check(request.Query);
        ContentRules.Check(request);
        var fields = TryDecode(request.Body, out var problem) ?? throw RefusedException.InvalidRequest("S01", "RFC 6749 appendix B", problem);
        // A parameter without a value is treated as omitted (RFC 6749 section 3.2).
        var form = new TokenForm([.. fields.Where(field => field.Value.Length > 0)]);
        var repeated = fields.Where(field => !form.MayRepeat(field.Key)).GroupBy(field => field.Key)
            .FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
            throw RefusedException.InvalidRequest(
                "S01", Clause, $"The field '{repeated.Key}' occurs {repeated.Count()} times; it may occur once.");
        return form;
    }

    /// <summary>Returns all fields in their order; null, and the problem, if the body is not a form.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? TryDecode(byte[] body, out string problem)
    {
        problem = "";
        if (body.AsSpan().IndexOfAnyExceptInRange((byte)' ', (byte)'~') is >= 0 and var offset)
        {
            problem = $"The form has the byte 0x{body[offset]:X2} unescaped at offset {offset}. Percent-encode it.";
            return null;
        }
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var pair in Encoding.ASCII.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (Decode(parts[0]) is not { } name || Decode(parts.ElementAtOrDefault(1) ?? "") is not { } value)
            {
                problem = $"The form field '{parts[0]}' has a percent sign without two hex digits, or escapes that are not UTF-8.";
                return null;
            }
            fields.Add(new(name, value));
        }
        return fields;
    }

    /// <summary>Decodes one name or value; returns null if an escape is malformed or is not UTF-8.</summary>
    // The platform's decoders leave an invalid escape in place, so two parsers could read two different texts.
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
