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
