using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Computes a 128-bit hash of texts, so that a table does not hold the texts: the first half of their SHA-256.</summary>
internal static class TextHash
{
    public static UInt128 Compute(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    public static UInt128 Compute(string text) => Compute(text, "");

    /// <summary>Computes the hash of two texts. Other texts that are equal when they are joined have another hash.</summary>
    public static UInt128 Compute(string first, string second)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(sizeof(int) + Encoding.UTF8.GetMaxByteCount(first.Length + second.Length));
        try
        {
            var length = second.Length == 0 ? 0 : sizeof(int);
            if (length > 0)
                BinaryPrimitives.WriteInt32BigEndian(buffer, first.Length);
            length += Encoding.UTF8.GetBytes(first, buffer.AsSpan(length));
            length += Encoding.UTF8.GetBytes(second, buffer.AsSpan(length));
            return Compute(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
