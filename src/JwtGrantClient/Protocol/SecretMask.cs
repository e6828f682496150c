using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Masks secrets in the text of a server that may echo what it received: in every spelling of <see cref="CanonicalText"/>, in base64 at any offset
/// and in hexadecimal, and parts of a secret, too. It is created only for a text that becomes part of an error or a log.
/// </summary>
internal sealed class SecretMask
{
    /// <summary>The mask without secrets.</summary>
    public static readonly SecretMask None = new([]);

    // A part of this many canonical bytes is masked. Shorter secrets are masked as a whole; those that could be a part of a word, between other words only.
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private const int PartLength = 12, MinimumLength = 4, MinimumLengthInWord = 8, MaximumGap = 3;

    private readonly List<(byte[] Bytes, string Name)> _secrets = [];

    /// <param name="secrets">The secrets, with the names that replace them in a text.</param>
    public SecretMask(IEnumerable<KeyValuePair<string, string>> secrets)
    {
        foreach (var (name, secret) in secrets)
        {
            Add(CanonicalText.From(secret).Bytes, name, MinimumLength);
            var bytes = Encoding.UTF8.GetBytes(secret);
            AddEncodings(bytes, name);
            var escaped = Encoding.UTF8.GetBytes(Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal));
            if (!bytes.AsSpan().SequenceEqual(escaped))
                AddEncodings(escaped, name);
        }
    }

    /// <summary>Returns whether the text contains a secret or a part of one.</summary>
    public bool IsIn(string text) => !ReferenceEquals(Apply(text), text);

    /// <summary>Returns the text with each secret replaced by its name.</summary>
    public string Apply(string text)
    {
        if (_secrets.Count == 0 || text.Length == 0)
            return text;
        var canonical = CanonicalText.From(text);
        var bytes = canonical.Bytes;
        var names = new string?[bytes.Length];
        MarkParts(bytes, names);
        foreach (var (secret, name) in CollectionsMarshal.AsSpan(_secrets))
            if (secret.Length < PartLength)
                MarkWhole(text, canonical, bytes, secret, name, names);
        return Array.TrueForAll(names, name => name is null) ? text : Replace(text, canonical, names);
    }

    // A secret inside of another text, such as the client's id and secret of the Basic scheme, begins at one of three offsets in base64. The first and the
    // last digit may depend on the neighbors of the secret, so they are left out.
    private void AddEncodings(byte[] secret, string name)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String([.. new byte[offset], .. secret]);
            Add(CanonicalText.Fold(encoded[((offset * 8 + 5) / 6)..((offset + secret.Length) * 8 / 6)]), name, MinimumLengthInWord);
        }
        Add(CanonicalText.Fold(Convert.ToHexString(secret)), name, MinimumLengthInWord);
    }

    private void Add(byte[] canonical, string name, int minimumLength)
    {
        if (canonical.Length >= minimumLength)
            _secrets.Add((canonical, name));
    }

    // A hash of 64 bits and not UInt128, which adds 40 KB to a native program. Of two parts with the same hash, both are masked.
    private static ulong PartAt(ReadOnlySpan<byte> bytes, int i) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]) + (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i + sizeof(ulong))..]) * Multiplier);

    // The parts of the text are indexed and not those of the secrets, because a text is usually much shorter.
    private void MarkParts(byte[] bytes, string?[] names)
    {
        var positions = new Dictionary<ulong, int>();
        var earlier = new int[bytes.Length];
        for (var i = 0; i + PartLength <= bytes.Length; i++)
        {
            earlier[i] = positions.TryGetValue(PartAt(bytes, i), out var position) ? position : -1;
            positions[PartAt(bytes, i)] = i;
        }
        foreach (var (secret, name) in CollectionsMarshal.AsSpan(_secrets))
            for (var i = 0; i + PartLength <= secret.Length && positions.Count > 0; i++)
                // Removed, so that a text that repeats a part is not searched again for each part of the secret.
                if (positions.Remove(PartAt(secret, i), out var position))
                    for (; position >= 0; position = earlier[position])
                        names.AsSpan(position, PartLength).Fill(name);
    }

    private static void MarkWhole(string text, CanonicalText canonical, byte[] bytes, byte[] secret, string name, string?[] names)
    {
        for (var i = 0; i + secret.Length <= bytes.Length; i++)
        {
            if (!bytes.AsSpan(i, secret.Length).SequenceEqual(secret))
                continue;
            var (start, length) = canonical.SourceOf(i, i + secret.Length - 1).GetOffsetAndLength(text.Length);
            if (secret.Length >= MinimumLengthInWord || !(IsInWord(text, start - 1) || IsInWord(text, start + length)))
                names.AsSpan(i, secret.Length).Fill(name);
        }
    }

    private static bool IsInWord(string text, int i)
    {
        if (i < 0 || i >= text.Length)
            return false;
        // The end of a percent-encoded character (RFC 3986 section 2.1), such as the space of %20.
        if (i >= 2 && text[i - 2] == '%' && byte.TryParse(text.AsSpan(i - 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return IsWordCharacter((char)code);
        return IsWordCharacter(text[i]);
    }

    private static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static string Replace(string text, CanonicalText canonical, string?[] names)
    {
        var masked = new StringBuilder();
        var copied = 0;
        for (var first = 0; first < names.Length; first++)
        {
            if (names[first] is not { } name)
                continue;
            var last = first;
            for (var i = first + 1; i < names.Length && i - last <= MaximumGap + 1; i++)
                if (names[i] is not null)
                    last = i;
            var (start, length) = canonical.SourceOf(first, last).GetOffsetAndLength(text.Length);
            masked.Append(text, copied, start - copied).Append($"(the {name} that was sent, not shown)");
            copied = start + length;
            first = last;
        }
        return masked.Append(text, copied, text.Length - copied).ToString();
    }
}
