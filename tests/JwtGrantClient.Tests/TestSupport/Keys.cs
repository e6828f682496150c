using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Generated keys in the common key formats.</summary>
internal static class Keys
{
    public const string Password = "correct horse battery staple";

    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>An RSA key other than <see cref="TestData.RsaKey"/>.</summary>
    public static string OtherRsaPem { get; } = RSA.Create(2048).ExportPkcs8PrivateKeyPem();

    public static PbeParameters Encryption { get; } = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048);

    public static ECDsa Ec(string curve) => ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

    public static X509Certificate2 CertificateFor(AsymmetricAlgorithm key, string subject = "CN=batch", DateTimeOffset? until = null)
    {
        var end = until ?? TestData.Moment.AddYears(1);
        return RequestFor(key, subject).CreateSelfSigned(end.AddYears(-2), end);
    }

    /// <summary>Creates a certificate with its key, and the certificates of its issuers.</summary>
    public static (X509Certificate2 Leaf, X509Certificate2 Intermediate, X509Certificate2 Root) Chain(AsymmetricAlgorithm key)
    {
        var (from, until) = (TestData.Moment.AddYears(-1), TestData.Moment.AddYears(1));
        var (rootKey, intermediateKey) = (Ec("nistP256"), Ec("nistP256"));
        var root = Authority(rootKey, "CN=root").CreateSelfSigned(from, until);
        var intermediate = Authority(intermediateKey, "CN=intermediate").Create(root, from, until, [1]).CopyWithPrivateKey(intermediateKey);
        var leaf = RequestFor(key, "CN=batch").Create(intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(intermediateKey), from, until, [2]);
        return (key is RSA rsa ? leaf.CopyWithPrivateKey(rsa) : leaf.CopyWithPrivateKey((ECDsa)key), intermediate, root);
    }

    public static JsonObject PrivateJwk(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return new()
        {
            ["kty"] = "RSA", ["n"] = EncodeBase64Url(parameters.Modulus), ["e"] = EncodeBase64Url(parameters.Exponent), ["d"] = EncodeBase64Url(parameters.D), ["p"] = EncodeBase64Url(parameters.P),
            ["q"] = EncodeBase64Url(parameters.Q), ["dp"] = EncodeBase64Url(parameters.DP), ["dq"] = EncodeBase64Url(parameters.DQ), ["qi"] = EncodeBase64Url(parameters.InverseQ),
        };
    }

    public static JsonObject PrivateJwk(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return new()
        {
            ["kty"] = "EC", ["crv"] = $"P-{key.KeySize}", ["x"] = EncodeBase64Url(parameters.Q.X), ["y"] = EncodeBase64Url(parameters.Q.Y), ["d"] = EncodeBase64Url(parameters.D),
        };
    }

    public static JsonObject With(this JsonObject json, string name, JsonNode? value)
    {
        var copy = json.DeepClone().AsObject();
        copy[name] = value;
        return copy;
    }

    public static JsonObject Without(this JsonObject json, params string[] names)
    {
        var copy = json.DeepClone().AsObject();
        foreach (var name in names)
            copy.Remove(name);
        return copy;
    }

    public static string ToJwkSet(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.DeepClone())]) }.ToJsonString();

    public static string EncodeBase64Url(byte[]? bytes) => Base64Url.EncodeToString(bytes);

    private static CertificateRequest RequestFor(AsymmetricAlgorithm key, string subject) => key is RSA rsa
        ? new(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new(subject, (ECDsa)key, HashAlgorithmName.SHA256);

    private static CertificateRequest Authority(ECDsa key, string subject)
    {
        var request = RequestFor(key, subject);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }
}
