using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace JwtGrantClient.Testing.Wire;

/// <summary>Reads application/x-www-form-urlencoded as RFC 6749 appendix B has it: strict escapes, strict UTF-8.</summary>
internal static class FormBody
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All pairs in order, repeated and empty ones too. False, and why, where the body is no form.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> body, out ImmutableArray<KeyValuePair<string, string>> pairs, out string problem)
    {
        pairs = [];
        problem = "";
        if (body.IndexOfAnyExceptInRange((byte)' ', (byte)'~') is >= 0 and var at)
        {
            problem = $"The byte 0x{body[at]:X2} at offset {at} stands unescaped in the form. Percent-encode it.";
            return false;
        }
        var found = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var pair in Encoding.ASCII.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (Decode(parts[0]) is not { } name || Decode(parts.Length == 2 ? parts[1] : "") is not { } value)
            {
                problem = $"The form field {Quote.Of(parts[0])} has a percent sign without two hex digits, or escapes that are no UTF-8.";
                return false;
            }
            found.Add(new(name, value));
        }
        pairs = found.ToImmutable();
        return true;
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
                bytes[length++] = (byte)(text[i] == '+' ? ' ' : text[i]);
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, null, out bytes[length]))
                (length, i) = (length + 1, i + 2);
            else
                return null;
        }
        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
