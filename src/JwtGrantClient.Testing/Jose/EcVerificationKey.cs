using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>An EC public key on one of the curves of RFC 7518 section 6.2.1.1.</summary>
internal sealed class EcVerificationKey : VerificationKey
{
    private static readonly Curve[] Curves =
    [
        new("P-256", "1.2.840.10045.3.1.7", ECCurve.NamedCurves.nistP256, 32),
        new("P-384", "1.3.132.0.34", ECCurve.NamedCurves.nistP384, 48),
        new("P-521", "1.3.132.0.35", ECCurve.NamedCurves.nistP521, 66),
    ];

    private readonly ECDsa _key;
    private readonly Curve _curve;

    /// <param name="key">The key, which this object disposes.</param>
    /// <param name="keyId">The <c>kid</c>; null for none.</param>
    /// <param name="algorithm">The <c>alg</c> of its JWK; null for none.</param>
    /// <exception cref="UnusableKeyException">The curve is not supported.</exception>
    public EcVerificationKey(ECDsa key, string? keyId, string? algorithm = null)
        : base(keyId, algorithm)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value;
        _curve = Array.Find(Curves, curve => curve.Oid == oid) ?? throw new UnusableKeyException($"is on another curve than {CurveNames}");
        _key = key;
    }

    public static string CurveNames => string.Join(", ", Curves.Select(curve => curve.Name));

    public override string KeyType => "EC";

    public override string Kind => $"an EC key on the curve {_curve.Name}";

    /// <exception cref="UnusableKeyException">The curve is not supported, or a coordinate has another size than that of the curve.</exception>
    public static EcVerificationKey Create(string? curveName, Func<string, byte[]> readCoordinate, string? keyId, string? algorithm)
    {
        var curve = Array.Find(Curves, curve => curve.Name == curveName)
            ?? throw UnusableKeyException.Unsupported($"has the crv '{curveName ?? "missing"}'; this server supports {CurveNames} for EC keys");
        byte[] Read(string name) => readCoordinate(name) is var bytes && bytes.Length == curve.Bytes ? bytes : throw new UnusableKeyException(
            $"has '{name}' with {bytes.Length} octets; expected {curve.Bytes}, the size of a coordinate of {curve.Name} (RFC 7518 section 6.2.1)");
        return new(ECDsa.Create(new ECParameters { Curve = curve.Parameters, Q = { X = Read("x"), Y = Read("y") } }), keyId, algorithm);
    }

    public override bool IsFor(VerificationAlgorithm algorithm) => base.IsFor(algorithm) && algorithm.Curve == _curve.Name;

    // The signature is R and S at fixed width, so its length is known and DER is refused (RFC 7518 section 3.4).
    public override bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm) =>
        signature.Length == 2 * _curve.Bytes && _key.VerifyData(signingInput, signature, algorithm.Hash);

    public override string? DescribeSignatureFault(byte[] signingInput, byte[] signature, VerificationAlgorithm algorithm)
    {
        if (signature is [0x30, var length, ..] && (length == signature.Length - 2 || (length == 0x81 && signature[2] == signature.Length - 3)))
            return $"is in DER (ASN.1). Send R and S with {_curve.Bytes} octets each (RFC 7518 section 3.4).";
        if (signature.Length != 2 * _curve.Bytes)
            return $"has {signature.Length} octets; {algorithm.Name} requires {2 * _curve.Bytes}.";
        if (!signature.AsSpan(0, _curve.Bytes).ContainsAnyExcept((byte)0) || !signature.AsSpan(_curve.Bytes).ContainsAnyExcept((byte)0))
            return "has R or S zero, so it is no signature.";
        HashAlgorithmName[] hashes = [HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512];
        var hash = Array.Find(hashes, hash => hash != algorithm.Hash && _key.VerifyData(signingInput, signature, hash));
        return hash.Name is null ? null : $"was made with the hash {hash.Name}; {algorithm.Name} requires {algorithm.Hash.Name}.";
    }

    public override void Dispose() => _key.Dispose();

    private sealed record Curve(string Name, string Oid, ECCurve Parameters, int Bytes);
}
