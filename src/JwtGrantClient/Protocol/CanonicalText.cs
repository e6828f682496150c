using System.Globalization;
using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>
/// A text in a form that is the same for all its spellings: percent-encoded (also as form data), escaped for JSON or HTML, wrapped over lines, in base64
/// or base64url, in upper or lower case. Each byte of the form knows the characters of the text that it comes from.
/// </summary>
internal sealed class CanonicalText
{
    // An escaped text may be escaped again, for example JSON in HTML.
    private const int MaximumPasses = 4;

    private static readonly (string Name, char Value)[] Entities =
    [
        ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' '), ("plus", '+'), ("equals", '='), ("sol", '/'),
        ("lowbar", '_'), ("hyphen", '-'), ("dash", '-'), ("period", '.'), ("colon", ':'), ("percnt", '%'), ("commat", '@'), ("bsol", '\\'),
    ];

    private List<Unit> _units;

    private CanonicalText(List<Unit> units) => _units = units;

    /// <summary>Gets the bytes of the form: UTF-8 without white space and without the characters that a spelling may replace or omit.</summary>
    public byte[] Bytes
    {
        get
        {
            var bytes = new byte[_units.Count];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = _units[i].Value;
            return bytes;
        }
    }

    /// <summary>Creates the form of a text.</summary>
    public static CanonicalText From(string text)
    {
        var canonical = new CanonicalText(Read(text));
        for (var pass = 0; pass < MaximumPasses && canonical.Unescape(); pass++)
        {
        }
        var kept = new List<Unit>(canonical._units.Count);
        foreach (var unit in canonical._units)
            if (IsKept(unit.Value))
                kept.Add(unit with { Value = Fold(unit.Value) });
        canonical._units = kept;
        return canonical;
    }

    /// <summary>Returns the form of base64 or hexadecimal digits, which have no escape sequences.</summary>
    public static byte[] Fold(string encoded)
    {
        var folded = new byte[encoded.Length];
        var length = 0;
        foreach (var digit in Encoding.ASCII.GetBytes(encoded))
            if (IsKept(digit))
                folded[length++] = Fold(digit);
        return folded[..length];
    }

    /// <summary>Returns the range of characters that bytes of the form come from.</summary>
    public Range SourceOf(int firstByte, int lastByte) => _units[firstByte].Start.._units[lastByte].End;

    private static List<Unit> Read(string text)
    {
        var units = new List<Unit>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        var start = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            // Only the replacement character of an unpaired surrogate has another length than its source, which is one character as well.
            var end = start + rune.Utf16SequenceLength;
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
                    units.Add(new(value, start, end));
            start = end;
        }
        return units;
    }

    /// <summary>Replaces each escape sequence by what it stands for. Returns whether there was one.</summary>
    private bool Unescape()
    {
        var unescaped = new List<Unit>(_units.Count);
        for (var i = 0; i < _units.Count;)
        {
            var length = ReadEscape(i, out var rune, out var value);
            if (length == 0)
                unescaped.Add(_units[i]);
            else if (rune is { } character)
                Add(unescaped, character, _units[i].Start, _units[i + length - 1].End);
            else
                unescaped.Add(new(value, _units[i].Start, _units[i + length - 1].End));
            i += Math.Max(length, 1);
        }
        var changed = unescaped.Count != _units.Count;
        _units = unescaped;
        return changed;
    }

    // Returns the length of an escape sequence; 0 if there is none at this position.
    private int ReadEscape(int i, out Rune? rune, out byte value)
    {
        rune = null;
        value = 0;
        switch (At(i))
        {
            case '%' when TryReadHex(i + 1, 2, out var escaped):
                value = (byte)escaped;
                return 3;
            case '\\' when At(i + 1) == 'u' && TryReadHex(i + 2, 4, out var unit):
                if (At(i + 6) == '\\' && At(i + 7) == 'u' && TryReadHex(i + 8, 4, out var low) && Rune.TryCreate((char)unit, (char)low, out var pair))
                {
                    rune = pair;
                    return 12;
                }
                rune = Rune.TryCreate(unit, out var single) ? single : Rune.ReplacementChar;
                return 6;
            case '\\' when At(i + 1) == 'x' && TryReadHex(i + 2, 2, out var escaped):
                value = (byte)escaped;
                return 4;
            case '\\' when At(i + 1) is 'n' or 'r' or 't' or 'b' or 'f':
                value = (byte)' ';
                return 2;
            case '\\' when At(i + 1) is '\\' or '/' or '"' or '\'':
                value = (byte)At(i + 1);
                return 2;
            case '&':
                return ReadEntity(i, out rune);
            default:
                return 0;
        }
    }

    private int ReadEntity(int i, out Rune? rune)
    {
        rune = null;
        var name = new StringBuilder();
        for (var end = i + 1; end < Math.Min(i + 12, _units.Count) && At(end) != ';'; end++)
            name.Append(At(end));
        if (At(i + name.Length + 1) != ';')
            return 0;
        var text = name.ToString();
        var code = 0;
        if (text.StartsWith("#x", StringComparison.OrdinalIgnoreCase)
            ? int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code)
            : text.StartsWith('#') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out code))
            rune = Rune.TryCreate(code, out var numbered) ? numbered : Rune.ReplacementChar;
        else if (Array.Find(Entities, entity => entity.Name == text) is { Name: not null } named)
            rune = new Rune(named.Value);
        return rune is null ? 0 : text.Length + 2;
    }

    private char At(int i) => i < _units.Count ? (char)_units[i].Value : '\0';

    private bool TryReadHex(int i, int digits, out int value)
    {
        value = 0;
        for (var end = i + digits; i < end; i++)
        {
            if (!char.IsAsciiHexDigit(At(i)))
                return false;
            value = (value * 16) + (char.IsAsciiDigit(At(i)) ? At(i) - '0' : (At(i) | 0x20) - 'a' + 10);
        }
        return true;
    }

    private static void Add(List<Unit> units, Rune rune, int start, int end)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            units.Add(new(value, start, end));
    }

    // Form encoding replaces spaces by plus signs. Base64url replaces plus signs by hyphens and omits equals signs. Quotes and backslashes may be escaped.
    private static bool IsKept(byte value) => value > ' ' && value != 0x7F && (char)value is not ('+' or '-' or '=' or '\\' or '"' or '\'');

    // Base64url replaces slashes by underscores. The host of a URL is in lower case.
    private static byte Fold(byte value) => value == '_' ? (byte)'/' : char.IsAsciiLetterUpper((char)value) ? (byte)(value | 0x20) : value;

    /// <summary>A byte, and the characters of the text that it comes from.</summary>
    private readonly record struct Unit(byte Value, int Start, int End);
}
