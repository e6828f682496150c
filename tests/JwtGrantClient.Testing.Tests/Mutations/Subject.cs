using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Mutations;

/// <summary>
/// The valid assertion that is changed. Its <c>jti</c> is fixed, so that every run changes the same characters; only key and signature are new.
/// </summary>
internal sealed class Subject(AssertionRole role)
{
    public const string Id = "0123456789abcdef0123456789abcdef";

    public AssertionRole Role => role;

    public static JsonObject Header => new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = TestData.KeyId };

    public static JsonObject Claims => new()
    {
        ["iss"] = TestData.ClientId, ["sub"] = TestData.ClientId, ["aud"] = TestData.Issuer, ["iat"] = TestData.Now, ["nbf"] = TestData.Now,
        ["exp"] = TestData.Now + 120, ["jti"] = Id,
    };

    public static string HeaderText => Header.ToJsonString();

    public static string ClaimsText => Claims.ToJsonString();

    public static string Valid { get; } = Sign(Header, Claims);

    public static string[] Segments => Valid.Split('.');

    public static string Sign(JsonObject header, JsonObject claims) => Sign(header.ToJsonString(), claims.ToJsonString());

    public static string Sign(string header, string claims) => Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims));

    public static string Sign(byte[] header, byte[] claims) =>
        SignSegments($"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}");

    /// <summary>Signs segments as they are, so that only their form is wrong.</summary>
    public static string SignSegments(string input) => $"{input}.{Base64Url.EncodeToString(Rs256(Encoding.UTF8.GetBytes(input)))}";

    public static byte[] Rs256(byte[] input) => TestData.RsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    /// <summary>Creates the form of a token request with an assertion.</summary>
    public (string, string)[] CreateForm(string assertion) => role == AssertionRole.Grant
        ? [("grant_type", TestData.JwtBearer), ("assertion", assertion)]
        : [("grant_type", "client_credentials"), ("client_assertion_type", TestData.ClientAssertionType), ("client_assertion", assertion)];

    public Mutation Refused(string name, string assertion, params IReadOnlyList<string> rules) => new($"{role}: {name}", rules, CreateForm(assertion));

    public Mutation Harmless(string name, string assertion, string reason) => new($"{role}: {name}", [], CreateForm(assertion)) { Harmless = reason };
}
