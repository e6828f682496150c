using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Builds JWTs without code of the server. The default is a valid assertion of the registered client.</summary>
internal sealed class JwtBuilder(DateTimeOffset now)
{
    private string? _header;
    private string? _payload;
    private Func<byte[], byte[]> _sign = input => TestData.RsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public JwtBuilder()
        : this(TestData.StartTime)
    {
    }

    public JsonObject Header { get; } = new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = TestData.KeyId };

    public JsonObject Claims { get; } = new()
    {
        ["iss"] = TestData.ClientId,
        ["sub"] = TestData.ClientId,
        ["aud"] = TestData.Issuer,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + 120,
        ["jti"] = NewId(),
    };

    public static string NewId() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    public JwtBuilder WithHeader(string name, JsonNode? value)
    {
        Header[name] = value;
        return this;
    }

    public JwtBuilder WithClaim(string name, JsonNode? value)
    {
        Claims[name] = value;
        return this;
    }

    public JwtBuilder Without(string name)
    {
        Claims.Remove(name);
        Header.Remove(name);
        return this;
    }

    /// <summary>Sets the JSON text of the header. It replaces <see cref="Header"/>.</summary>
    public JwtBuilder WithHeaderText(string json)
    {
        _header = Encode(Encoding.UTF8.GetBytes(json));
        return this;
    }

    /// <summary>Sets the JSON text of the payload. It replaces <see cref="Claims"/>.</summary>
    public JwtBuilder WithPayloadText(string json) => WithPayloadBytes(Encoding.UTF8.GetBytes(json));

    public JwtBuilder WithPayloadBytes(byte[] payload)
    {
        _payload = Encode(payload);
        return this;
    }

    /// <summary>Adds a JSON member before all claims. It is a duplicate if the claims contain the same name.</summary>
    public JwtBuilder WithLeadingClaim(string member) => WithPayloadText($"{{{member},{Claims.ToJsonString()[1..]}");

    /// <summary>Adds a JSON member before all header parameters. It is a duplicate if the header contains the same name.</summary>
    public JwtBuilder WithLeadingHeader(string member) => WithHeaderText($"{{{member},{Header.ToJsonString()[1..]}");

    public JwtBuilder SignedBy(RSA key) => SignedBy(key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public JwtBuilder SignedBy(RSA key, HashAlgorithmName hash, RSASignaturePadding padding) =>
        SignedWith(input => key.SignData(input, hash, padding));

    public JwtBuilder SignedBy(ECDsa key, HashAlgorithmName hash) => SignedWith(input => key.SignData(input, hash));

    public JwtBuilder SignedBy(Ed25519PrivateKeyParameters key) => SignedWith(input =>
    {
        var signature = new byte[Ed25519.SignatureSize];
        key.Sign(Ed25519.Algorithm.Ed25519, null, input, 0, input.Length, signature, 0);
        return signature;
    });

    public JwtBuilder SignedBy(MLDsaPrivateKeyParameters key) => SignedWith(input =>
    {
        var signer = new MLDsaSigner(key.Parameters, deterministic: true);
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(input, 0, input.Length);
        return signer.GenerateSignature();
    });

    public JwtBuilder SignedWith(Func<byte[], byte[]> sign)
    {
        _sign = sign;
        return this;
    }

    /// <summary>Returns the compact serialization (RFC 7515 section 3.1).</summary>
    public string Compact()
    {
        var input = $"{_header ?? Encode(Header)}.{_payload ?? Encode(Claims)}";
        return $"{input}.{Encode(_sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(JsonObject json) => Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
