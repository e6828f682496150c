using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Vectors;

/// <summary>
/// Verifies a JWS as the server does it for an assertion, up to the signature. Vectors have content that is no JSON object or has no claims of an
/// assertion, so a fault of the content is not counted.
/// </summary>
internal static class Judge
{
    /// <summary>Returns the rules that the JWS breaks; empty if the signature is accepted.</summary>
    public static IReadOnlyList<string> FindBrokenRules(string jws, IReadOnlyList<VerificationKey> keys)
    {
        var rules = new BrokenRules(AssertionUse.Grant, new());
        var jwt = SignedJwt.Parse(jws, AssertionUse.Grant, rules);
        var issuer = new AssertionIssuer("vector", null, keys, null, null);
        if (jwt?.Header is { } header
            && HeaderRules.Check(header, AssertionUse.Grant, ServerSettings.CreateInMemory(new()), rules) is { } algorithm)
            SignatureRules.Check(jwt, header, issuer, algorithm, AssertionUse.Grant, rules);
        try
        {
            rules.Conclude(record: null);
            return [];
        }
        catch (RefusedException e)
        {
            var first = new BrokenRule(e.Refusal.Rule, e.Refusal.Clause, e.Refusal.Explanation);
            return [.. e.Refusal.AlsoBroken.Prepend(first).Where(rule => !IsAboutContent(rule)).Select(rule => $"{rule.Rule}: {rule.Explanation}")];
        }
    }

    /// <summary>Returns the keys of a JWK, or of a JWK Set, as a registration reads them.</summary>
    public static IReadOnlyList<VerificationKey> ReadKeys(JsonNode jwk)
    {
        var isSet = jwk["keys"] is not null;
        // A vector may have the private key. Only its public members are registered.
        var publicKeys = (isSet ? jwk["keys"]!.AsArray() : [jwk.DeepClone()]).Select(key => WithoutPrivateMembers(key!.AsObject()));
        return KeyReader.Read(null, null, Keys.JwkSet([.. publicKeys]), "vector");
    }

    private static JsonObject WithoutPrivateMembers(JsonObject key) =>
        key["kty"]?.ToString() == "oct" ? (JsonObject)key.DeepClone()
        : new(key.Where(member => member.Key is not ("d" or "p" or "q" or "dp" or "dq" or "qi")).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static bool IsAboutContent(BrokenRule rule) => (rule.Rule == "S04" && rule.Explanation.Contains("has a payload that", StringComparison.Ordinal))
        || rule.Explanation.Contains("has an empty payload", StringComparison.Ordinal);
}
