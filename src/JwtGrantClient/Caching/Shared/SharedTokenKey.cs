using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Caching;

/// <summary>
/// The key of a token in a shared store: SHA-256 over everything that determines the token. A version comes first, and each text follows its length, so
/// that different contents have different encodings. Equal requests have the same key, even if they are written differently.
/// </summary>
internal static class SharedTokenKey
{
    private const string Version = "JwtGrantClient/3";
    private const int Absent = -1;

    /// <summary>Computes the key of a token.</summary>
    /// <param name="client">The client.</param>
    /// <param name="tokenFiles">Whose tokens the client's token files contain.</param>
    /// <param name="thumbprint">The thumbprint of the key that tokens are bound to; null if they are not bound.</param>
    /// <param name="request">What the token is for.</param>
    public static string Compute(ClientIdentity client, IReadOnlyList<string?> tokenFiles, string? thumbprint, TokenRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Version);
        Add(hash, client);
        Add(hash, thumbprint);
        Add(hash, tokenFiles);
        Add(hash, request);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, ClientIdentity client)
    {
        Add(hash, client.Name);
        Add(hash, client.SharingName);
        Add(hash, client.Settings);
        Add(hash, client.Defaults);
        Add(hash, client.Inputs.Count);
        foreach (var input in client.Inputs)
            Add(hash, input);
    }

    private static void Add(IncrementalHash hash, TokenRequest request)
    {
        Add(hash, request.Subject);
        Add(hash, request.Scope is null ? null : string.Join(' ', Sort(SameValues.SplitScope(request.Scope))));
        Add(hash, request.Resource);
        Add(hash, request.Parameters.Count);
        foreach (var name in Sort(request.Parameters.Keys))
        {
            Add(hash, name);
            Add(hash, request.Parameters[name]);
        }
        Add(hash, request.ClaimsJson);
        Add(hash, request.AuthorizationDetails);
        Add(hash, request.Tokens is { } tokens ? Convert.ToHexStringLower(tokens.GetHash()) : null);
    }

    private static List<string> Sort(IEnumerable<string> names)
    {
        var sorted = new List<string>(names);
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }

    private static void Add(IncrementalHash hash, IReadOnlyList<string?> texts)
    {
        Add(hash, texts.Count);
        foreach (var text in texts)
            Add(hash, text);
    }

    private static void Add(IncrementalHash hash, string? text)
    {
        Add(hash, text is null ? Absent : Encoding.UTF8.GetByteCount(text));
        hash.AppendData(Encoding.UTF8.GetBytes(text ?? ""));
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
