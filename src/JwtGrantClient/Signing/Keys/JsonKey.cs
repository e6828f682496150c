using System.Text.Json;

namespace JwtGrantClient.Signing;

/// <summary>Keys in JSON, told apart by their members: a JWK, a JWK set (RFC 7517), a Google service account.</summary>
internal static class JsonKey
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static KeyMaterial Parse(string text, KeySource content, SigningKeyOptions options)
    {
        using var json = Read(text, content);
        var root = json.RootElement;
        if (root.TryGetProperty("keys", out var keys))
            return JwkSet.Choose(keys, content, options);
        if (root.TryGetProperty("kty", out _))
            return JwkKey.Parse(root, content);
        if (root.TryGetProperty("type", out var type))
            return ServiceAccountKey.Parse(root, type, content);
        throw content.Unusable("there is JSON that is no key", "Expected a JWK (with kty), a JWK set (with keys) or a service account " +
            "(with type).");
    }

    // Without the parser's own message and exception: they could quote what stands there.
    private static JsonDocument Read(string text, KeySource content)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw content.Unusable(
                $"there is JSON that does not parse, at line {(e.LineNumber ?? 0) + 1}", "It is cut short or damaged, or names a member " +
                "twice; copy it again, whole.");
        }
    }
}

/// <summary>
/// Picks the key of a JWK set (RFC 7517 section 5): by kid where one is set, else the first that can sign, under the algorithm where one is
/// set. So a rotation puts the new key in front, or sets another kid.
/// </summary>
internal static class JwkSet
{
    public static KeyMaterial Choose(JsonElement keys, KeySource content, SigningKeyOptions options)
    {
        if (keys.ValueKind != JsonValueKind.Array || keys.EnumerateArray().Any(key => key.ValueKind != JsonValueKind.Object))
            throw content.Unusable("there is a JWK set whose keys are no array of objects", "Expected {\"keys\": [{\"kty\": ...}, ...]}.");
        // RFC 7517 section 5: a key that is not understood is passed over.
        var all = keys.EnumerateArray().Select(Jwk.TryRead).OfType<Jwk>().ToList();
        // RFC 7517 section 4.5: different keys have distinct ids; with two of one name the server might check by the other.
        if (all.Where(key => key.Kid is not null).GroupBy(key => key.Kid, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw content.Unusable($"there is a JWK set with {twice.Count()} keys named '{twice.Key}'", "Give each key a kid of its own.");
        var named = options.KeyId is { } wanted ? [.. all.Where(key => key.Kid == wanted)] : all;
        if (named.Count == 0 && all.Count > 0)
            throw NotFound($"no key named '{options.KeyId}'; the set has {Names(all.Select(key => key.Kid))}", "Correct SigningKey:KeyId, or the set");
        if (named.Count == 1)
            return JwkKey.Parse(named[0], content);
        var algorithm = options.Algorithm is { } configured ? SignatureAlgorithm.Named(configured) : null;
        var fitting = named.FirstOrDefault(key => JwkKey.Refusal(key) is null
            && (algorithm is null || (key.Alg is { } bound ? bound == algorithm.Name : algorithm.Fits(key))));
        return fitting is not null
            ? JwkKey.Parse(fitting, content)
            : throw NotFound(
                $"no private key for signing{(algorithm is null ? "" : $" with {algorithm.Name}")} among {named.Count}",
                "A key to sign with has its private members, and no use other than sig");

        JwtGrantException NotFound(string seen, string remedy) =>
            JwtGrantException.Configuration("signing_key_not_found", $"In {content.Place} there is a JWK set with {seen}. {remedy}.");
    }

    private static string Names(IEnumerable<string?> ids)
    {
        var known = ids.Select(id => id is null ? "one without a kid" : $"'{id}'").ToList();
        return known.Count == 0 ? "no keys" : string.Join(", ", known);
    }
}

/// <summary>A Google service account's JSON: the private key in PEM, and its id, which is the kid.</summary>
internal static class ServiceAccountKey
{
    public static KeyMaterial Parse(JsonElement json, JsonElement type, KeySource content)
    {
        if (type.ValueKind != JsonValueKind.String || !type.ValueEquals("service_account"))
            throw content.Unusable("there is a credential file that is no service account", "Expected \"type\": \"service_account\", " +
                "with a private_key.");
        if (Text(json, "private_key") is not { } pem)
            throw content.Unusable("there is a service account without private_key", "Create a key for the account, and take its JSON " +
                "file.");
        var key = PemKey.Parse(pem, content);
        return new() { Key = key.Key, Format = "service account JSON", KeyId = Text(json, "private_key_id") };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
