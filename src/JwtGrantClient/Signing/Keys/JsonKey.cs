using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>Parses keys in JSON: a JWK, a JWK set (RFC 7517), a Google service account or the configuration of a Box app. The members identify the format.</summary>
internal static class JsonKey
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static KeyMaterial Parse(string text, KeySource source, SigningKeyOptions options)
    {
        using var json = Read(text, source);
        var root = json.RootElement;
        if (root.TryGetProperty("keys", out var keys))
            return JwkSet.Choose(keys, source, options);
        if (root.TryGetProperty("kty", out _))
            return JwkKey.Parse(root, source);
        if (root.TryGetProperty("boxAppSettings", out var box))
            return BoxKey.Parse(root, box, source);
        if (root.TryGetProperty("type", out var type))
            return ServiceAccountKey.Parse(root, type, source);
        throw source.Unusable("there is JSON that is not a key", "Expected a JWK (with kty), a JWK set (with keys) or a service account (with type).");
    }

    // The message and the exception of the parser are not used: they could contain a part of the key.
    private static JsonDocument Read(string text, KeySource source)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw source.Unusable(
                $"there is JSON that cannot be parsed, at line {(e.LineNumber ?? 0) + 1}", "It is incomplete or damaged, or has two members with the same name. Copy it again.");
        }
    }
}

/// <summary>
/// Selects the key of a JWK set (RFC 7517 section 5): the key with the configured KeyId; if it is not set, the first key that can sign with the
/// configured algorithm. To rotate the key, insert the new key first or change the KeyId.
/// </summary>
internal static class JwkSet
{
    /// <summary>Selects and parses the key.</summary>
    /// <exception cref="JwtGrantException">No key is suitable, or the set is malformed.</exception>
    public static KeyMaterial Choose(JsonElement keys, KeySource source, SigningKeyOptions options)
    {
        var all = Read(keys, source);
        // RFC 7517 section 4.5: different keys have different ids. With a duplicate, the server might verify with the other key.
        foreach (var kid in all.ConvertAll(key => key.Kid))
            if (kid is not null && all.FindAll(key => key.Kid == kid) is { Count: > 1 } same)
                throw source.Unusable($"there is a JWK set with {same.Count} keys with the kid '{kid}'", "Give each key its own kid.");
        var candidates = options.KeyId is { } keyId ? all.FindAll(key => key.Kid == keyId) : all;
        if (candidates.Count == 0 && all.Count > 0)
            throw NotFound($"no key with the kid {SettingText.Quote(options.KeyId!)}; the set has {DescribeIds(all)}", "Correct SigningKey:KeyId or the set");
        if (candidates.Count == 1)
            return JwkKey.Parse(candidates[0], source);
        var algorithm = options.Algorithm is { } configured ? SignatureAlgorithm.FromName(configured) : null;
        var fitting = candidates.Find(key => JwkKey.FindProblem(key) is null
            && (algorithm is null || (key.Alg is { } bound ? bound == algorithm.Name : algorithm.Fits(key))));
        return fitting is not null
            ? JwkKey.Parse(fitting, source)
            : throw NotFound(
                $"no private key for signing{(algorithm is null ? "" : $" with {algorithm.Name}")} (keys searched: {candidates.Count})",
                "A signing key has its private members, and its use is sig or not set");

        JwtGrantException NotFound(string seen, string remedy) =>
            JwtGrantException.Configuration("signing_key_not_found", $"In {source.Place} there is a JWK set with {seen}. {remedy}.");
    }

    // RFC 7517 section 5: keys that cannot be understood are ignored.
    private static List<Jwk> Read(JsonElement keys, KeySource source)
    {
        var all = new List<Jwk>();
        if (keys.ValueKind != JsonValueKind.Array)
            throw Malformed(source);
        foreach (var key in keys.EnumerateArray())
            if (key.ValueKind != JsonValueKind.Object)
                throw Malformed(source);
            else if (Jwk.TryRead(key) is { } read)
                all.Add(read);
        return all;
    }

    private static JwtGrantException Malformed(KeySource source) =>
        source.Unusable("there is a JWK set whose keys is not an array of objects", "Expected {\"keys\": [{\"kty\": ...}, ...]}.");

    private static string DescribeIds(List<Jwk> keys) =>
        string.Join(", ", keys.ConvertAll(key => key.Kid is null ? "a key without a kid" : $"'{key.Kid}'"));
}

/// <summary>Parses the JSON of a Google service account: <c>private_key</c> in PEM, and <c>private_key_id</c>, which is the <c>kid</c>.</summary>
internal static class ServiceAccountKey
{
    public static KeyMaterial Parse(JsonElement json, JsonElement type, KeySource source)
    {
        if (type.ValueKind != JsonValueKind.String || !type.ValueEquals("service_account"))
            throw source.Unusable("there is a credential file that is not a service account", "Expected \"type\": \"service_account\" with a private_key.");
        if (json.Text("private_key") is not { } pem)
            throw source.Unusable("there is a service account without private_key", "Create a key for the account and use its JSON file.");
        var key = PemKey.Parse(pem, source);
        return new() { Key = key.Key, Format = "service account JSON", KeyId = json.Text("private_key_id"), Owner = json.Text("client_email") };
    }
}

/// <summary>Parses the configuration file of a Box app: <c>appAuth</c> has the encrypted key, its passphrase and its id.</summary>
internal static class BoxKey
{
    public static KeyMaterial Parse(JsonElement root, JsonElement app, KeySource source)
    {
        if (app.ValueKind != JsonValueKind.Object || !app.TryGetProperty("appAuth", out var auth) || auth.ValueKind != JsonValueKind.Object || auth.Text("privateKey") is not { Length: > 0 } pem)
            throw source.Unusable("there is the configuration of a Box app without appAuth:privateKey", "Generate a public/private key pair in the configuration of the app, and use the JSON file that the console returns.");
        using var key = auth.Text("passphrase") is { } passphrase ? source.WithPassword(passphrase) : source.WithBytes([]);
        var material = PemKey.Parse(pem, key);
        return new() { Key = material.Key, Format = "Box configuration JSON", KeyId = auth.Text("publicKeyID"), Owner = app.Text("clientID"), Account = new(root.Text("enterpriseID"), app.Text("clientSecret")) };
    }
}
