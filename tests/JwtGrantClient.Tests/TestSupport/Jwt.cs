using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The parts of a JWT, parsed without any of the code under test.</summary>
internal sealed record Jwt(JsonElement Header, JsonElement Payload, byte[] SigningInput, byte[] Signature)
{
    public static Jwt Parse(string compact)
    {
        var parts = compact.Split('.');
        Assert.Equal(3, parts.Length);
        return new(
            JsonElement.Parse(Base64Url.DecodeFromChars(parts[0])),
            JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])),
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]));
    }

    /// <summary>Creates a JWT of another party with a fake signature.</summary>
    public static string CreateFake(DateTimeOffset expiresAt) => CreateFake($$"""{"sub":"batch","exp":{{expiresAt.ToUnixTimeSeconds()}}}""");

    /// <summary>Creates a JWT of another party with the given claims and a fake signature.</summary>
    public static string CreateFake(string claims) => CreateFake("""{"alg":"RS256"}""", claims);

    /// <summary>Creates a JWT of another party with the given header and claims and a fake signature.</summary>
    public static string CreateFake(string header, string claims) => string.Join('.', Encode(header), Encode(claims), Encode("signature"));

    /// <summary>The text of a header member; null if it is missing.</summary>
    public string? HeaderText(string name) => Header.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>Returns whether an RSA key with SHA-256 has signed the JWT, with the padding that alg names.</summary>
    public bool IsSignedBy(RSA key) =>
        key.VerifyData(SigningInput, Signature, HashAlgorithmName.SHA256, HeaderText("alg") == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);

    /// <summary>Returns whether a moment is between a claim (iat or nbf) and exp, with a minute for clocks that differ. The times are numbers, or strings of digits.</summary>
    public bool IsValidAt(DateTimeOffset moment, string from) =>
        long.TryParse(this[from], CultureInfo.InvariantCulture, out var first) && long.TryParse(this["exp"], CultureInfo.InvariantCulture, out var last)
        && moment.ToUnixTimeSeconds() >= first - 60 && moment.ToUnixTimeSeconds() < last + 60;

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of a claim, or its raw JSON if it is not a string; null if it is missing.</summary>
    public string? this[string claim] => Payload.TryGetProperty(claim, out var value) ? value.ToString() : null;
}
