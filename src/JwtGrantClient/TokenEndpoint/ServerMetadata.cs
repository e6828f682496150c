using System.Text.Json;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What the authorization server says of itself (RFC 8414 section 2), as far as it is used.</summary>
internal sealed record ServerMetadata(string Issuer, string TokenEndpoint)
{
    /// <summary>What client assertions may be signed with; null where the server does not say.</summary>
    public IReadOnlyList<string>? SigningAlgorithms { get; init; }

    /// <summary>Reads the document, and refuses one that does not speak for the issuer that was asked (RFC 8414 section 3.3, C01).</summary>
    /// <exception cref="JwtGrantException">The document must not be used.</exception>
    public static ServerMetadata Read(RawResponse response, string issuer, string address, bool allowLoopbackHttp)
    {
        using var json = JsonBody.TryParse(response.Body, out var problem)
            ?? throw Unusable("metadata_malformed", $"The metadata at '{address}' {problem}. Is Issuer right, and is no proxy in between?");
        var named = json.RootElement.Text("issuer");
        if (named != issuer)
            throw Unusable(
                "metadata_issuer_mismatch",
                $"The metadata at '{address}' speaks for the issuer '{SafeText.Of(named ?? "(none)")}', but '{issuer}' is configured. The two must be " +
                "identical, byte for byte, the last slash included (RFC 8414 section 3.3). Correct Issuer, if you trust that server.");
        if (json.RootElement.Text("token_endpoint") is not { Length: > 0 } endpoint)
            throw Unusable("metadata_malformed", $"The metadata at '{address}' names no token_endpoint. Set TokenEndpoint.");
        if (EndpointAddress.Problem(endpoint, allowLoopbackHttp) is { } wrong)
            throw Unusable("metadata_endpoint_refused", $"In the metadata at '{address}' the token_endpoint {SafeText.Of(wrong)}.");
        return new(issuer, endpoint) { SigningAlgorithms = Texts(json.RootElement, "token_endpoint_auth_signing_alg_values_supported") };
    }

    private static string[]? Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => item.Text()).OfType<string>()]
            : null;

    private static JwtGrantException Unusable(string code, string message) => new(JwtGrantErrorKind.MalformedResponse, code, message);
}
