using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Keys of our own making, in the forms that keys come in.</summary>
internal static class Keys
{
    public const string Password = "correct horse battery staple";

    public static ECDsa P256 { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Another RSA key than <see cref="TestData.RsaKey"/>.</summary>
    public static string OtherRsaPem { get; } = RSA.Create(2048).ExportPkcs8PrivateKeyPem();

    public static PbeParameters Encryption { get; } = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048);

    public static ECDsa Ec(string curve) => ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

    public static X509Certificate2 CertificateFor(AsymmetricAlgorithm key, string subject = "CN=batch", DateTimeOffset? until = null)
    {
        var end = until ?? TestData.Moment.AddYears(1);
        return RequestFor(key, subject).CreateSelfSigned(end.AddYears(-2), end);
    }

    /// <summary>A certificate with its key, and its issuer's.</summary>
    public static (X509Certificate2 Leaf, X509Certificate2 Intermediate, X509Certificate2 Root) Chain(AsymmetricAlgorithm key)
    {
        var (from, until) = (TestData.Moment.AddYears(-1), TestData.Moment.AddYears(1));
        var (rootKey, middleKey) = (Ec("nistP256"), Ec("nistP256"));
        var root = Authority(rootKey, "CN=root").CreateSelfSigned(from, until);
        var middle = Authority(middleKey, "CN=middle").Create(root, from, until, [1]).CopyWithPrivateKey(middleKey);
        var own = RequestFor(key, "CN=batch").Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), from, until, [2]);
        return (key is RSA rsa ? own.CopyWithPrivateKey(rsa) : own.CopyWithPrivateKey((ECDsa)key), middle, root);
    }

    public static JsonObject PrivateJwk(RSA key)
    {
        var numbers = key.ExportParameters(includePrivateParameters: true);
        return new()
        {
            ["kty"] = "RSA", ["n"] = EncodeBase64Url(numbers.Modulus), ["e"] = EncodeBase64Url(numbers.Exponent), ["d"] = EncodeBase64Url(numbers.D), ["p"] = EncodeBase64Url(numbers.P),
            ["q"] = EncodeBase64Url(numbers.Q), ["dp"] = EncodeBase64Url(numbers.DP), ["dq"] = EncodeBase64Url(numbers.DQ), ["qi"] = EncodeBase64Url(numbers.InverseQ),
        };
    }

    public static JsonObject PrivateJwk(ECDsa key)
    {
        var numbers = key.ExportParameters(includePrivateParameters: true);
        return new()
        {
            ["kty"] = "EC", ["crv"] = $"P-{key.KeySize}", ["x"] = EncodeBase64Url(numbers.Q.X), ["y"] = EncodeBase64Url(numbers.Q.Y), ["d"] = EncodeBase64Url(numbers.D),
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
