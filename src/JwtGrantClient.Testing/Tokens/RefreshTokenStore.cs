using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>Issues and stores refresh tokens. Used tokens remain stored, so that their reuse is detected.</summary>
internal sealed class RefreshTokenStore
{
    private readonly ConcurrentDictionary<string, RefreshToken> _tokens = new(StringComparer.Ordinal);

    public string Issue(RefreshTokenDescriptor descriptor)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _tokens[value] = new(descriptor);
        return value;
    }

    public RefreshToken? Find(string value) => _tokens.GetValueOrDefault(value);
}

/// <summary>The authorization that a refresh token represents. A rotated token represents the same one (RFC 6749 section 6).</summary>
internal sealed record RefreshTokenDescriptor(string ClientId, string Subject, string? Scope, TokenFamily Family)
{
    /// <summary>The thumbprint of the DPoP key that a public client must prove again; null for none.</summary>
    public string? ProofKey { get; init; }
}

/// <summary>An issued refresh token, which is single-use if tokens rotate.</summary>
internal sealed class RefreshToken(RefreshTokenDescriptor descriptor)
{
    private int _uses;

    public RefreshTokenDescriptor Descriptor => descriptor;

    public bool IsUsed => Volatile.Read(ref _uses) > 0;

    public bool TryUse() => Interlocked.Increment(ref _uses) == 1;
}
