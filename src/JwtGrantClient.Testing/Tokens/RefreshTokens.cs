using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>The refresh tokens that were issued; used ones are kept, for their reuse tells of a theft.</summary>
internal sealed class RefreshTokens
{
    private readonly ConcurrentDictionary<string, RefreshToken> _tokens = new(StringComparer.Ordinal);

    public string Issue(RefreshTokenEntry terms)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[value] = new(terms);
        return value;
    }

    public RefreshToken? Find(string value) => _tokens.GetValueOrDefault(value);
}

/// <summary>What a refresh token stands for; its successor stands for the same (RFC 6749 section 6).</summary>
internal sealed record RefreshTokenEntry(string ClientId, string Subject, string? Scope, TokenFamily Family)
{
    /// <summary>The thumbprint of the DPoP key that a public client must show again; null for none.</summary>
    public string? ProofKey { get; init; }
}

/// <summary>A refresh token: for one use where tokens rotate.</summary>
internal sealed class RefreshToken(RefreshTokenEntry terms)
{
    private int _uses;

    public RefreshTokenEntry Terms => terms;

    public bool IsUsed => Volatile.Read(ref _uses) > 0;

    public bool TryUse() => Interlocked.Increment(ref _uses) == 1;
}
