using System.Text.Json;

namespace JwtGrantClient.Signing;

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
