using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Reads the form of a request (RFC 6749 appendix B). A form that two parsers could read differently is refused.</summary>
internal static class FormReader
{
    private const string Clause = "RFC 6749 section 3.2", EncodingClause = "RFC 6749 appendix B";

    private const string NoHexDigits = "a percent sign without two hex digits", NoUtf8 = "escapes that are not UTF-8";

    /// <summary>
    /// Returns the fields that have a value. Each field occurs once, except those that <see cref="TokenForm.MayRepeat(string)"/> allows.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="acceptsJson">Whether the request may also be JSON.</param>
    /// <exception cref="RefusedException">The request is not a form, repeats a field, or has its parameters in the query.</exception>
    public static TokenForm Read(ServerRequest request, bool acceptsJson = false)
    {
        if (request.Method != "POST")
            throw RefusedException.InvalidRequest("S01", Clause, $"The method is {request.Method}; expected POST.");
        if (request.Body.Length > ServerRequest.MaxBodyLength)
            throw RefusedException.InvalidRequest("S01", "RFC 9110 section 15.5.14",
                $"The body is longer than {ServerRequest.MaxBodyLength} bytes.", 413);
        QueryRules.Check(request.Query);
        var isJson = acceptsJson && JsonRequestReader.IsJson(request.Header("Content-Type"));
        ContentRules.Check(request, isJson);
        var fields = isJson ? JsonRequestReader.Read(request.Body)
            : TryDecode(request.Body, out var problem) ?? throw RefusedException.InvalidRequest("S01", EncodingClause, problem);
        var form = new TokenForm(fields);
        CheckRepetition(form);
        // A parameter without a value is treated as omitted (RFC 6749 section 3.2).
        fields.RemoveAll(field => field.Value.Length == 0);
        return form;
    }

    private static void CheckRepetition(TokenForm form)
    {
        var seen = new HashSet<string>(form.Fields.Count, StringComparer.Ordinal);
        foreach (var (name, _) in form.Fields)
            if (!seen.Add(name) && !form.MayRepeat(name))
                throw RefusedException.InvalidRequest("S01", Clause,
                    $"The field '{name}' occurs {form.Fields.Count(field => field.Key == name)} times; it may occur once.");
    }

    /// <summary>Returns all fields in their order; null, and the problem, if the body is not a form.</summary>
    public static List<KeyValuePair<string, string>>? TryDecode(ReadOnlySpan<byte> body, out string problem)
    {
        problem = "";
        if (body.IndexOfAnyExceptInRange((byte)' ', (byte)'~') is >= 0 and var offset)
        {
            problem = $"The form has the byte 0x{body[offset]:X2} unescaped at offset {offset}. Percent-encode it.";
            return null;
        }
        var fields = new List<KeyValuePair<string, string>>(8);
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals], out var fault);
            var value = name is null || equals < 0 ? "" : Decode(pair[(equals + 1)..], out fault);
            if (name is null || value is null)
            {
                problem = $"The form field '{Encoding.ASCII.GetString(equals < 0 ? pair : pair[..equals])}' has {fault}.";
                return null;
            }
            fields.Add(new(name, value));
        }
        return fields;
    }

    /// <summary>Decodes one name or value; returns null if it is not ASCII, or an escape is malformed or is not UTF-8.</summary>
    public static string? Decode(string text, out string fault)
    {
        fault = "a character that is not ASCII";
        return Ascii.IsValid(text) ? Decode(Encoding.ASCII.GetBytes(text), out fault) : null;
    }

    // The platform's decoders leave an invalid escape in place, so two parsers could read two different texts.
    private static string? Decode(ReadOnlySpan<byte> text, out string fault)
    {
        fault = "";
        if (!text.ContainsAny((byte)'%', (byte)'+'))
            return Encoding.ASCII.GetString(text);
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var length = Unescape(text, bytes);
            fault = length < 0 ? NoHexDigits : !Utf8.IsValid(bytes.AsSpan(0, length)) ? NoUtf8 : "";
            return fault.Length > 0 ? null : Encoding.UTF8.GetString(bytes, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    // Returns the number of octets; -1 if a percent sign is not followed by two hex digits.
    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i] == '+' ? (byte)' ' : text[i];
            if (value == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                    return -1;
                value = byte.Parse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }
            bytes[length++] = value;
        }
        return length;
    }
}
