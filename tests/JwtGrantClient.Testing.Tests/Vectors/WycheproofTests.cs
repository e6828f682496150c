using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Tests.Vectors;

/// <summary>
/// The JSON Web Signature vectors of Wycheproof (github.com/C2SP/wycheproof, folder testvectors_v1), which are not part of this repository. They are read
/// from the folder of the environment variable WYCHEPROOF_VECTORS, or from shared/vectors/wycheproof beside the repository. Without them the tests are
/// skipped.
/// </summary>
public sealed class WycheproofTests
{
    // Valid vectors that this server refuses, by the alg of their key and of their header, with the reason.
    private static readonly Dictionary<string, string> RefusedValidVectors = new()
    {
        ["HS256"] = "A shared secret is no public key: HMAC does not prove who signed (RFC 8725 section 3.1).",
        ["HS384"] = "HMAC, too.",
        ["HS512"] = "HMAC, too.",
        ["A256KW"] = "Encryption (JWE) is no signature.",
        ["ECDH-ES+A128KW"] = "Encryption, too.",
        ["ES521"] = "The algorithm of P-521 is ES512; no RFC defines ES521.",
        ["PS256 for PS384"] = "The key of figure 20 of RFC 7520 has no alg. Here it has another one than the header (RFC 7517 section 4.4).",
    };

    [Theory]
    [InlineData("json_web_signature_test.json", 401, 46)]
    [InlineData("json_web_key_test.json", 26, 5)]
    [InlineData("json_web_crypto_test.json", 83, 6)]
    public void Valid_signatures_are_accepted_and_invalid_ones_are_refused(string file, int count, int countOfValid)
    {
        var failures = new List<string>();
        var (all, valid) = (0, 0);
        foreach (var (group, test) in Read(file))
        {
            all++;
            var isValid = test["result"]!.ToString() == "valid";
            valid += isValid ? 1 : 0;
            var algorithm = Algorithm(group, test);
            var broken = Verify(group, test);
            if (broken.Count == 0 != (isValid && !RefusedValidVectors.ContainsKey(algorithm)))
                failures.Add($"{test["tcId"]} {group["comment"]} {test["comment"]} {algorithm} is {test["result"]}: {string.Join(" ", broken)}");
        }
        Assert.Equal((count, countOfValid), (all, valid));
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Theory]
    [InlineData("json_web_signature_test.json", 355, "key_ops [encrypt]"), InlineData("json_web_signature_test.json", 356, "key_ops [encrypt]")]
    [InlineData("json_web_signature_test.json", 353, "use 'enc'"), InlineData("json_web_signature_test.json", 316, "has 257 octets")]
    [InlineData("json_web_signature_test.json", 318, "has 258 octets"), InlineData("json_web_signature_test.json", 319, "has 254 octets")]
    [InlineData("json_web_signature_test.json", 281, "PSS salt"), InlineData("json_web_signature_test.json", 331, "RS256 (RSA with the padding PKCS #1 v1.5)")]
    [InlineData("json_web_signature_test.json", 379, "octets; ES256 requires 64"), InlineData("json_web_signature_test.json", 386, "R or S zero")]
    [InlineData("json_web_signature_test.json", 341, "alg"), InlineData("json_web_signature_test.json", 32, "does not verify")]
    [InlineData("json_web_key_test.json", 7, "ROCA"), InlineData("json_web_crypto_test.json", 46, "ROCA")]
    [InlineData("json_web_key_test.json", 8, "1024 bits"), InlineData("json_web_key_test.json", 9, "exponent that is 1")]
    [InlineData("json_web_key_test.json", 1, "'k', which is private"), InlineData("json_web_key_test.json", 22, "is not a valid EC key")]
    [InlineData("json_web_key_test.json", 23, "octets; expected 48"), InlineData("json_web_key_test.json", 24, "has no 'n'")]
    public void An_invalid_signature_or_key_is_refused_with_its_cause(string file, int id, string cause)
    {
        var (group, test) = Read(file).Single(pair => (int)pair.Test["tcId"]! == id);

        Assert.Contains(cause, string.Join(" ", Verify(group, test)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Verify(JsonNode group, JsonNode test)
    {
        IReadOnlyList<VerificationKey> keys;
        try
        {
            keys = Judge.ReadKeys(group["public"] ?? group["private"]!);
        }
        catch (ArgumentException e)
        {
            return [e.Message];
        }
        return Judge.FindBrokenRules((test["jws"] ?? test["jwe"])!.ToString(), keys);
    }

    private static string Algorithm(JsonNode group, JsonNode test)
    {
        var key = group["public"] ?? group["private"]!;
        var algorithm = (key["keys"]?[0] ?? key)["alg"]?.ToString() ?? "";
        return test["comment"]!.ToString() == "Figure20" ? $"{algorithm} for PS384" : algorithm;
    }

    private static IEnumerable<(JsonNode Group, JsonNode Test)> Read(string file)
    {
        var folder = FindFolder();
        Assert.SkipWhen(folder is null, "The vectors of Wycheproof are not in shared/vectors beside the repository, and WYCHEPROOF_VECTORS is not set.");
        return from grouped in JsonNode.Parse(File.ReadAllText(Path.Combine(folder!, file)))!["testGroups"]!.AsArray()
               from test in grouped["tests"]!.AsArray()
               select (grouped, test);
    }

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("WYCHEPROOF_VECTORS") is { Length: > 0 } configured)
            return configured;
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "JwtGrantClient.sln")))
            folder = folder.Parent;
        var vectors = folder?.Parent is null ? null : Path.Combine(folder.Parent.FullName, "shared", "vectors", "wycheproof");
        return Directory.Exists(vectors) ? vectors : null;
    }
}
