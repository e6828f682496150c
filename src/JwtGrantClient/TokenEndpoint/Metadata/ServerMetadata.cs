using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The metadata of the authorization server (RFC 8414 section 2), as far as it is used. A list that it omits is null and means nothing, although
/// the RFC defines defaults, because many servers omit what they support.
/// </summary>
internal sealed record ServerMetadata(string Issuer, string TokenEndpoint)
{
    /// <summary>Gets the revocation endpoint (RFC 7009).</summary>
    public string? RevocationEndpoint { get; private init; }

    /// <summary>Gets the token endpoint for mutual TLS (RFC 8705 section 5); null if it is the usual one.</summary>
    public string? MutualTlsTokenEndpoint { get; private init; }

    /// <summary>Gets the revocation endpoint for mutual TLS.</summary>
    public string? MutualTlsRevocationEndpoint { get; private init; }

    /// <summary>Gets the endpoints that client credentials are sent to, with their names in the document.</summary>
    public IReadOnlyDictionary<string, string> Endpoints
    {
        get
        {
            var endpoints = new Dictionary<string, string>(StringComparer.Ordinal) { ["token_endpoint"] = TokenEndpoint };
            if (RevocationEndpoint is not null)
                endpoints.Add("revocation_endpoint", RevocationEndpoint);
            if (MutualTlsTokenEndpoint is not null)
                endpoints.Add("mtls_endpoint_aliases.token_endpoint", MutualTlsTokenEndpoint);
            if (MutualTlsRevocationEndpoint is not null)
                endpoints.Add("mtls_endpoint_aliases.revocation_endpoint", MutualTlsRevocationEndpoint);
            return endpoints;
        }
    }

    /// <summary>Gets the supported <c>grant_type</c> values.</summary>
    public IReadOnlyList<string>? GrantTypes { get; private init; }

    /// <summary>Gets the supported client authentication methods.</summary>
    public IReadOnlyList<string>? AuthenticationMethods { get; private init; }

    /// <summary>Gets the supported algorithms of client assertions.</summary>
    public IReadOnlyList<string>? SigningAlgorithms { get; private init; }

    /// <summary>Gets the supported algorithms of DPoP proofs (RFC 9449 section 5.1).</summary>
    public IReadOnlyList<string>? DPoPAlgorithms { get; private init; }

    /// <summary>
    /// Reads the document. The <c>issuer</c> member must be equal to the configured issuer (RFC 8414 section 3.3).
    /// </summary>
    /// <exception cref="JwtGrantException">The document is malformed, or names another issuer or an endpoint that is not allowed.</exception>
    public static ServerMetadata Read(TokenHttpResponse response, string issuer, string address, bool allowLoopbackHttp)
    {
        using var json = JsonObjectReader.TryParse(response.Body, out var problem)
            ?? throw Unusable("metadata_malformed", $"The metadata at '{address}' {problem}. Check Issuer, and whether a proxy responded.");
        var root = json.RootElement;
        var named = root.Text("issuer");
        if (named != issuer)
            throw Unusable(
                "metadata_issuer_mismatch",
                $"The metadata at '{address}' is for the issuer {(named is null ? "'(none)'" : SettingText.QuoteUrl(SanitizedText.From(named)))}, but '{issuer}' is configured. The two must be identical, byte for byte, including a trailing slash (RFC 8414 section 3.3). Correct Issuer, if you trust that server.");
        var aliases = root.TryGetProperty("mtls_endpoint_aliases", out var member) && member.ValueKind == JsonValueKind.Object ? member : default;
        return new(issuer, Endpoint(root, "token_endpoint") ?? throw Unusable(
            "metadata_malformed", $"The metadata at '{address}' has no token_endpoint. Set TokenEndpoint."))
        {
            RevocationEndpoint = Endpoint(root, "revocation_endpoint"),
            MutualTlsTokenEndpoint = Endpoint(aliases, "token_endpoint"),
            MutualTlsRevocationEndpoint = Endpoint(aliases, "revocation_endpoint"),
            GrantTypes = Texts(root, "grant_types_supported"),
            AuthenticationMethods = Texts(root, "token_endpoint_auth_methods_supported"),
            SigningAlgorithms = Texts(root, "token_endpoint_auth_signing_alg_values_supported"),
            DPoPAlgorithms = Texts(root, "dpop_signing_alg_values_supported"),
        };

        string? Endpoint(JsonElement json, string name) =>
            json.ValueKind != JsonValueKind.Object || json.Text(name) is not { Length: > 0 } endpoint ? null
            : EndpointUrl.Problem(endpoint, allowLoopbackHttp) is { } wrong
                ? throw Unusable("metadata_endpoint_refused", $"In the metadata at '{address}' the {name} {SanitizedText.From(wrong)}.")
            : endpoint;
    }

    private static List<string>? Texts(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            return null;
        var texts = new List<string>();
        foreach (var item in list.EnumerateArray())
            if (item.Text() is { } text)
                texts.Add(text);
        return texts;
    }

    private static JwtGrantException Unusable(string code, string message) => new(JwtGrantErrorKind.MalformedResponse, code, message);
}
