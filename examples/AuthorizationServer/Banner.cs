using JwtGrantClient.Testing;

namespace AuthorizationServer;

/// <summary>The text that is printed at start: the addresses, and shell commands that request a token.</summary>
internal static class Banner
{
    public static string For(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        issuer          {{server.Issuer}}
        token endpoint  {{server.TokenEndpoint}}
        client          {{client.Id}}

        {{(client.PublicKeyPem is null ? SecretCommands(server, client) : AssertionCommands(server, client))}}

        """;

    private static string SecretCommands(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        Request a token in a shell, with the client secret in $SECRET:

          curl -d grant_type=client_credentials -d client_id={{client.Id}} --data-urlencode "client_secret=$SECRET" \
            {{server.TokenEndpoint}}

        Press Ctrl+C to stop the server.
        """;

    private static string AssertionCommands(StrictAuthorizationServer server, ClientRegistration client) => $$"""
        Request a token in a shell, with the private key in private.pem:

          b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
          header=$(printf '{"alg":"RS256","typ":"JWT"}' | b64)
          claims=$(printf '{"iss":"%s","sub":"%s","aud":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
            '{{client.Id}}' '{{client.Id}}' '{{server.Issuer}}' "$(date +%s)" "$(($(date +%s) + 120))" "$(openssl rand -hex 16)" | b64)
          signature=$(printf '%s' "$header.$claims" | openssl dgst -sha256 -sign private.pem -binary | b64)
          curl -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d "assertion=$header.$claims.$signature" \
            {{server.TokenEndpoint}}

        A second curl with the same assertion is rejected, because an assertion is single-use. Press Ctrl+C to stop the server.
        """;
}
