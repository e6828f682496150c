using System.Text.Json;

namespace JwtGrantClient.Signing;

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
