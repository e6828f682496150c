using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>An assertion made by hand, good until a test bends it.</summary>
internal sealed class JwtBuilder(DateTimeOffset now)
{
    private string? _header;
    private string? _payload;
    private Func<byte[], byte[]> _sign = input => TestData.RsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public JwtBuilder()
        : this(TestData.Moment)
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

    public JwtBuilder Head(string name, JsonNode? value)
    {
        Header[name] = value;
        return this;
    }

    public JwtBuilder Claim(string name, JsonNode? value)
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

    /// <summary>The header's text as it is signed, in place of <see cref="Header"/>.</summary>
    public JwtBuilder HeaderText(string json)
    {
        _header = Encode(Encoding.UTF8.GetBytes(json));
        return this;
    }

    /// <summary>The payload's text as it is signed, in place of <see cref="Claims"/>.</summary>
    public JwtBuilder PayloadText(string json) => PayloadBytes(Encoding.UTF8.GetBytes(json));

    public JwtBuilder PayloadBytes(byte[] payload)
    {
        _payload = Encode(payload);
        return this;
    }

    /// <summary>Puts a member before the others, so that it stands there a second time where they have it too.</summary>
    public JwtBuilder ClaimFirst(string member) => PayloadText($"{{{member},{Claims.ToJsonString()[1..]}");

    public JwtBuilder HeadFirst(string member) => HeaderText($"{{{member},{Header.ToJsonString()[1..]}");

    public JwtBuilder SignedBy(RSA key) => SignedBy(key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public JwtBuilder SignedBy(RSA key, HashAlgorithmName hash, RSASignaturePadding padding) =>
        Signed(input => key.SignData(input, hash, padding));

    public JwtBuilder SignedBy(ECDsa key, HashAlgorithmName hash) => Signed(input => key.SignData(input, hash));

    public JwtBuilder Signed(Func<byte[], byte[]> sign)
    {
        _sign = sign;
        return this;
    }

    /// <summary>The compact form (RFC 7515 section 3.1).</summary>
    public string Compact()
    {
        var input = $"{_header ?? Encode(Header)}.{_payload ?? Encode(Claims)}";
        return $"{input}.{Encode(_sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Encode(JsonObject json) => Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
