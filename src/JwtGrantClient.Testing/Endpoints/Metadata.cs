using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.IdentityAssertions;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Creates the server's metadata (RFC 8414 section 2). The issuer is exactly the configured string.</summary>
internal sealed class Metadata(ServerSettings settings, IEnumerable<string> grantTypes)
{
    public JsonObject CreateDocument()
    {
        var document = new JsonObject
        {
            ["issuer"] = settings.Issuer,
            ["authorization_endpoint"] = settings.AuthorizationEndpoint,
            ["token_endpoint"] = settings.TokenEndpoint,
            ["revocation_endpoint"] = settings.RevocationEndpoint,
            ["jwks_uri"] = settings.JwksUri,
            ["grant_types_supported"] = ToArray(grantTypes),
            ["response_types_supported"] = ToArray(["code"]),
            ["code_challenge_methods_supported"] = ToArray(["S256"]),
            ["dpop_signing_alg_values_supported"] = ToArray(Algorithms),
            ["identity_chaining_requested_token_types_supported"] = ToArray([TokenTypes.IdJag, TokenTypes.Jwt]),
            ["authorization_grant_profiles_supported"] = ToArray([IdJag.GrantProfile]),
        };
        foreach (var endpoint in new[] { "token_endpoint", "revocation_endpoint" })
        {
            document[$"{endpoint}_auth_methods_supported"] = ToArray(ClientMethods.SupportedBy(settings.Options));
            document[$"{endpoint}_auth_signing_alg_values_supported"] = ToArray(Algorithms);
        }
        if (settings.MutualTlsOrigin is not null)
        {
            document["tls_client_certificate_bound_access_tokens"] = true;
            document["mtls_endpoint_aliases"] = new JsonObject
            {
                ["token_endpoint"] = settings.MutualTlsTokenEndpoint, ["revocation_endpoint"] = settings.MutualTlsRevocationEndpoint,
            };
        }
        return document;
    }

    private IEnumerable<string> Algorithms => FapiRules.Algorithms(settings.Options).Select(algorithm => algorithm.Name);

    private static JsonArray ToArray(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
