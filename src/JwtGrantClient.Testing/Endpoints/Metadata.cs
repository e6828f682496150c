using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>What the server says of itself (RFC 8414 section 2); the issuer is spelt exactly as it was set (S19).</summary>
internal sealed class Metadata(ServerSettings terms, IEnumerable<string> grantTypes)
{
    public JsonObject Document()
    {
        var document = new JsonObject
        {
            ["issuer"] = terms.Issuer,
            ["token_endpoint"] = terms.TokenEndpoint,
            ["revocation_endpoint"] = terms.RevocationEndpoint,
            ["jwks_uri"] = terms.JwksUri,
            ["grant_types_supported"] = Strings(grantTypes),
            ["response_types_supported"] = Strings(["code"]),
            ["dpop_signing_alg_values_supported"] = Strings(Algorithms),
        };
        foreach (var endpoint in new[] { "token_endpoint", "revocation_endpoint" })
        {
            document[$"{endpoint}_auth_methods_supported"] = Strings(ClientMethods.Offered(terms.Options));
            document[$"{endpoint}_auth_signing_alg_values_supported"] = Strings(Algorithms);
        }
        if (terms.MutualTlsOrigin is not null)
        {
            document["tls_client_certificate_bound_access_tokens"] = true;
            document["mtls_endpoint_aliases"] = new JsonObject
            {
                ["token_endpoint"] = terms.MutualTlsTokenEndpoint, ["revocation_endpoint"] = terms.MutualTlsRevocationEndpoint,
            };
        }
        return document;
    }

    private IEnumerable<string> Algorithms => FapiRules.Algorithms(terms.Options).Select(algorithm => algorithm.Name);

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
