using JwtGrantClient.Testing;

namespace AuthorizationServer;

/// <summary>What is printed at the start: the addresses, and how to try them without any library.</summary>
internal static class Banner
{
    public static string For(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        issuer          {{server.Issuer}}
        token endpoint  {{server.TokenEndpoint}}
        client          {{client.Id}}

        {{(client.PublicKeyPem is null ? BySecret(server, client) : ByAssertion(server, client))}}

        """;

    private static string BySecret(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        Try it in a shell, with the client's secret in $SECRET:

          curl -d grant_type=client_credentials -d client_id={{client.Id}} --data-urlencode "client_secret=$SECRET" \
            {{server.TokenEndpoint}}

        Ctrl+C ends the server.
        """;

    private static string ByAssertion(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        Try it in a shell, with the private key in private.pem:

          b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
          header=$(printf '{"alg":"RS256","typ":"JWT"}' | b64)
          claims=$(printf '{"iss":"%s","sub":"%s","aud":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
            '{{client.Id}}' '{{client.Id}}' '{{server.Issuer}}' "$(date +%s)" "$(($(date +%s) + 120))" "$(openssl rand -hex 16)" | b64)
          signature=$(printf '%s' "$header.$claims" | openssl dgst -sha256 -sign private.pem -binary | b64)
          curl -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d "assertion=$header.$claims.$signature" \
            {{server.TokenEndpoint}}

        The last line again is refused: an assertion is single-use. Ctrl+C ends the server.
        """;
}
