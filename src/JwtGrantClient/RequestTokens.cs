using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient;

/// <summary>
/// The tokens of a <see cref="TokenRequest"/>, usually those of a user. They are compared by a hash, so that the cache can compare them after it has
/// removed their texts: it does not keep the tokens of users.
/// </summary>
internal sealed class RequestTokens : IEquatable<RequestTokens>
{
    private byte[]? _hash;

    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public TypedToken? SubjectToken { get; init; }

    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public TypedToken? ActorToken { get; init; }

    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Assertion { get; init; }

    /// <summary>Returns SHA-256 over the tokens and their types. Each text follows its length, so that different tokens have different encodings.</summary>
    public ReadOnlySpan<byte> GetHash() => _hash ??= ComputeHash();

    /// <summary>Returns tokens that are equal to these but do not contain their texts.</summary>
    public RequestTokens WithoutTexts()
    {
        _hash ??= ComputeHash();
        return new() { _hash = _hash };
    }

    /// <summary>Returns the first expiry of those tokens that are JWTs with <c>exp</c>; null if there are none.</summary>
    public DateTimeOffset? ReadExpiry()
    {
        DateTimeOffset? first = null;
        foreach (var token in new[] { SubjectToken?.Value, ActorToken?.Value, Assertion })
            if (token is not null && JwtExpiry.Read(token) is { } expiresAt && !(first <= expiresAt))
                first = expiresAt;
        return first;
    }

    public bool Equals(RequestTokens? other) => ReferenceEquals(this, other) || (other is not null && GetHash().SequenceEqual(other.GetHash()));

    public override bool Equals(object? obj) => Equals(obj as RequestTokens);

    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(GetHash());

    private byte[] ComputeHash()
    {
        ReadOnlySpan<string?> texts = [SubjectToken?.Type, SubjectToken?.Value, ActorToken?.Type, ActorToken?.Value, Assertion];
        var length = 0;
        foreach (var text in texts)
            length += sizeof(int) + Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            length = 0;
            foreach (var text in texts)
            {
                var written = text is null ? 0 : Encoding.UTF8.GetBytes(text, buffer.AsSpan(length + sizeof(int)));
                BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), text is null ? -1 : written);
                length += sizeof(int) + written;
            }
            return SHA256.HashData(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
