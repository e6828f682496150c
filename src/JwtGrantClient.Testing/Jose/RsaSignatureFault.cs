using System.Numerics;
using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Finds why an RSA signature does not verify, from what the public key makes of it (RFC 8017 sections 8.1.2 and 8.2.2): the padding shows whether it
/// was made with this key.
/// </summary>
internal static class RsaSignatureFault
{
    private const string OtherContent = "was made with this key, but for other content: the JWT was changed after it was signed.";

    // The DER before the digest (RFC 8017 section 9.2 note 1).
    private static readonly Dictionary<HashAlgorithmName, byte[]> DigestInfo = new()
    {
        [HashAlgorithmName.SHA256] = Convert.FromHexString("3031300D060960864801650304020105000420"),
        [HashAlgorithmName.SHA384] = Convert.FromHexString("3041300D060960864801650304020205000430"),
        [HashAlgorithmName.SHA512] = Convert.FromHexString("3051300D060960864801650304020305000440"),
    };

    /// <summary>Returns the fault, the end of a sentence that begins with "signature"; null if it shows no padding of the algorithm.</summary>
    public static string? Find(RSAParameters key, byte[] input, byte[] signature, VerificationAlgorithm algorithm)
    {
        var size = key.Modulus!.Length;
        if (signature.Length != size)
            return $"has {signature.Length} octets; a signature with this key has {size}.";
        var (number, modulus) = (ToNumber(signature), ToNumber(key.Modulus));
        if (number >= modulus)
            return null;
        var encoded = new byte[size];
        var message = BigInteger.ModPow(number, ToNumber(key.Exponent!), modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
        message.CopyTo(encoded, size - message.Length);
        var digest = CryptographicOperations.HashData(algorithm.Hash, input);
        return algorithm.Padding == RSASignaturePadding.Pkcs1
            ? FindInPkcs1(encoded, digest, DigestInfo[algorithm.Hash])
            : FindInPss(encoded.AsSpan((modulus.GetBitLength() - 1) % 8 == 0 ? 1 : 0), modulus.GetBitLength() - 1, digest, algorithm);
    }

    // 00 01, FF at least eight times, 00, DigestInfo with the digest.
    private static string? FindInPkcs1(ReadOnlySpan<byte> encoded, byte[] digest, byte[] digestInfo)
    {
        if (encoded is not [0, 1, ..] || encoded[2..].IndexOfAnyExcept((byte)0xFF) is not (>= 8 and var length) || encoded[2 + length] != 0)
            return null;
        var content = encoded[(length + 3)..];
        return content.SequenceEqual(digest) ? "has the padding of PKCS #1 without the DigestInfo before the digest (RFC 8017 section 9.2)."
            : content.StartsWith(digestInfo) && content.Length == digestInfo.Length + digest.Length ? OtherContent : null;
    }

    // The masked DB, which is zeros, 01 and the salt; then the hash and BC.
    private static string? FindInPss(ReadOnlySpan<byte> encoded, long bits, byte[] digest, VerificationAlgorithm algorithm)
    {
        if (encoded[^1] != 0xBC)
            return null;
        var block = encoded[..^(digest.Length + 1)].ToArray();
        var mask = CreateMask(encoded[block.Length..^1], block.Length, algorithm.Hash);
        for (var i = 0; i < block.Length; i++)
            block[i] ^= mask[i];
        block[0] &= (byte)(0xFF >> (int)((8 * encoded.Length) - bits));
        var start = block.AsSpan().IndexOfAnyExcept((byte)0);
        if (start < 0 || block[start] != 1)
            return null;
        var salt = block.Length - start - 1;
        return salt == digest.Length ? OtherContent
            : $"has a PSS salt of {salt} octets; {algorithm.Name} requires {digest.Length} (RFC 7518 section 3.5).";
    }

    // MGF1 (RFC 8017 appendix B.2.1).
    private static byte[] CreateMask(ReadOnlySpan<byte> seed, int length, HashAlgorithmName hash)
    {
        var mask = new List<byte>(length + 64);
        for (byte counter = 0; mask.Count < length; counter++)
            mask.AddRange(CryptographicOperations.HashData(hash, [.. seed, 0, 0, 0, counter]));
        return [.. mask];
    }

    private static BigInteger ToNumber(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
