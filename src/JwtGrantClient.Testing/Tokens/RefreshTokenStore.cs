using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>
/// Issues and stores refresh tokens. The newest used tokens remain stored, so that their reuse is detected; older ones are unknown.
/// </summary>
internal sealed class RefreshTokenStore
{
    public const int MaxUsed = 10_000;

    private readonly ConcurrentDictionary<UInt128, RefreshToken> _tokens = new();
    private readonly ConcurrentQueue<UInt128> _used = new();

    public int Count => _tokens.Count;

    public string Issue(RefreshTokenDescriptor descriptor)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var key = TextHash.Compute(value);
        _tokens[key] = new(key, descriptor);
        return value;
    }

    public RefreshToken? Find(string value) => _tokens.GetValueOrDefault(TextHash.Compute(value));

    /// <summary>Uses up a token; returns false if it was used before. It is atomic: of two requests one succeeds.</summary>
    public bool TryUse(RefreshToken token)
    {
        if (!token.TryUse())
            return false;
        _used.Enqueue(token.Key);
        if (_used.Count > MaxUsed && _used.TryDequeue(out var oldest))
            _tokens.TryRemove(oldest, out _);
        return true;
    }
}

/// <summary>The authorization that a refresh token represents. A rotated token represents the same one (RFC 6749 section 6).</summary>
internal sealed record RefreshTokenDescriptor(string ClientId, string Subject, string? Scope, TokenFamily Family)
{
    /// <summary>The thumbprint of the DPoP key that a public client must prove again; null for none.</summary>
    public string? ProofKey { get; init; }
}

/// <summary>An issued refresh token, which is single-use if tokens rotate.</summary>
internal sealed class RefreshToken(UInt128 key, RefreshTokenDescriptor descriptor)
{
    private int _uses;

    public UInt128 Key => key;

    public RefreshTokenDescriptor Descriptor => descriptor;

    public bool IsUsed => Volatile.Read(ref _uses) > 0;

    public bool TryUse() => Interlocked.Increment(ref _uses) == 1;
}
