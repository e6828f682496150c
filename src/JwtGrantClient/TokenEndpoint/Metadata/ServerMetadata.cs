using System.Text.Json;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// What the authorization server says of itself (RFC 8414 section 2), as far as it is used. A list that it leaves out is null: it says
/// nothing then, whatever the RFC has servers mean by it, for many leave out what they can do.
/// </summary>
internal sealed record ServerMetadata(string Issuer, string TokenEndpoint)
{
    /// <summary>Where tokens are revoked (RFC 7009).</summary>
    public string? RevocationEndpoint { get; private init; }

    /// <summary>Where to ask for tokens with a client certificate (RFC 8705 section 5); null where the usual address takes it.</summary>
    public string? MutualTlsTokenEndpoint { get; private init; }

    /// <summary>Where to revoke tokens with a client certificate.</summary>
    public string? MutualTlsRevocationEndpoint { get; private init; }

    /// <summary>The <c>grant_type</c> values that are taken.</summary>
    public IReadOnlyList<string>? GrantTypes { get; private init; }

    /// <summary>How clients may authenticate.</summary>
    public IReadOnlyList<string>? AuthenticationMethods { get; private init; }

    /// <summary>What client assertions may be signed with.</summary>
    public IReadOnlyList<string>? SigningAlgorithms { get; private init; }

    /// <summary>What DPoP proofs may be signed with (RFC 9449 section 5.1).</summary>
    public IReadOnlyList<string>? DPoPAlgorithms { get; private init; }

    /// <summary>
    /// Reads the document, and refuses one that does not speak for the issuer that was asked (RFC 8414 section 3.3, C01).
    /// </summary>
    /// <exception cref="JwtGrantException">The document must not be used.</exception>
    public static ServerMetadata Read(TokenHttpResponse response, string issuer, string address, bool allowLoopbackHttp)
    {
        using var json = JsonObjectReader.TryParse(response.Body, out var problem)
            ?? throw Unusable("metadata_malformed", $"The metadata at '{address}' {problem}. Is Issuer right, and is no proxy in between?");
        var root = json.RootElement;
        var named = root.Text("issuer");
        if (named != issuer)
            throw Unusable(
                "metadata_issuer_mismatch",
                $"The metadata at '{address}' speaks for the issuer '{SanitizedText.From(named ?? "(none)")}', but '{issuer}' is configured. " +
                "The two must be " +
                "identical, byte for byte, the last slash included (RFC 8414 section 3.3). Correct Issuer, if you trust that server.");
        var aliases = root.TryGetProperty("mtls_endpoint_aliases", out var member) && member.ValueKind == JsonValueKind.Object ? member : default;
        return new(issuer, Endpoint(root, "token_endpoint") ?? throw Unusable(
            "metadata_malformed", $"The metadata at '{address}' names no token_endpoint. Set TokenEndpoint."))
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

    private static string[]? Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => item.Text()).OfType<string>()]
            : null;

    private static JwtGrantException Unusable(string code, string message) => new(JwtGrantErrorKind.MalformedResponse, code, message);
}
