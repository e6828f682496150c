using System.Net;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Finds secrets in texts, as they are, in any usual encoding, in any case, and also parts of them.</summary>
internal sealed class SecretSearch
{
    /// <summary>The length of the shortest part of a secret that is found.</summary>
    public const int PartLength = 12;

    // Hashes, because a token has thousands of parts.
    private readonly HashSet<ulong> _parts = [];
    private readonly HashSet<string> _shortSecrets = new(StringComparer.OrdinalIgnoreCase);

    public SecretSearch(IEnumerable<string> secrets)
    {
        foreach (var spelling in secrets.Where(secret => secret.Length > 0).Distinct().SelectMany(secret => EncodingsOf(secret).Distinct()))
        {
            if (spelling.Length < PartLength)
                _shortSecrets.Add(spelling);
            for (var i = 0; i + PartLength <= spelling.Length; i++)
                _parts.Add(Hash(spelling.AsSpan(i, PartLength)));
        }
    }

    /// <summary>Returns a part of a secret that the text contains, or a whole secret that is shorter; null if there is none.</summary>
    public string? Find(string text)
    {
        if (_shortSecrets.FirstOrDefault(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)) is { } whole)
            return whole;
        for (var i = 0; i + PartLength <= text.Length; i++)
            if (_parts.Contains(Hash(text.AsSpan(i, PartLength))))
                return text.Substring(i, PartLength);
        return null;
    }

    // FNV-1a of 64 bits, without regard to case.
    private static ulong Hash(ReadOnlySpan<char> part)
    {
        var hash = 14695981039346656037;
        foreach (var c in part)
            hash = unchecked((hash ^ char.ToUpperInvariant(c)) * 1099511628211);
        return hash;
    }

    private static IEnumerable<string> EncodingsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return
        [
            secret, Uri.EscapeDataString(secret), Convert.ToBase64String(bytes), Convert.ToBase64String([0, .. bytes])[4..], Convert.ToBase64String([0, 0, .. bytes])[4..],
            Keys.EncodeBase64Url(bytes), Convert.ToHexString(bytes), JsonSerializer.Serialize(secret), WebUtility.HtmlEncode(secret),
        ];
    }
}
