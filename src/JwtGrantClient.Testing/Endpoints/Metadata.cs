using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>What the server says of itself (RFC 8414 section 2); the issuer is spelt exactly as it was set (S19).</summary>
internal sealed class Metadata(ServerTerms terms, IEnumerable<string> grantTypes)
{
    public JsonObject Document() => new()
    {
        ["issuer"] = terms.Issuer,
        ["token_endpoint"] = terms.TokenEndpoint,
        ["jwks_uri"] = terms.JwksUri,
        ["grant_types_supported"] = Strings(grantTypes),
        ["token_endpoint_auth_methods_supported"] = Strings(ClientMethods.All),
        ["token_endpoint_auth_signing_alg_values_supported"] = Strings(VerificationAlgorithm.All.Select(algorithm => algorithm.Name)),
        ["response_types_supported"] = Strings(["code"]),
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
