namespace JwtGrantClient.Testing.Tokens;

/// <summary>Checks a request to a resource server (RFC 6750 section 3).</summary>
internal static class BearerCheck
{
    public static AccessTokenCheck Check(TokenIssuer tokens, string? authorization, string? requiredScope, string? certificate = null)
    {
        // Without any credentials the challenge has no error (RFC 6750 section 3.1).
        if (authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) != true)
            return new(401, "Bearer");
        if (tokens.Find(authorization["Bearer ".Length..].Trim()) is not { } token)
            return new(401, "Bearer error=\"invalid_token\", error_description=\"The access token is unknown, expired or revoked\"");
        // Else whoever stole it could drop the proof (RFC 9449 section 7.2).
        if (token.Order.ProofKey is not null)
            return new(401,
                "DPoP error=\"invalid_token\", error_description=\"The access token is bound to a DPoP key; present it by the scheme " +
                "DPoP\"");
        if (token.Order.CertificateThumbprint is { } bound && bound != certificate)
            return new(401, "Bearer error=\"invalid_token\", error_description=\"The access token is bound to another client certificate\"");
        return CheckScope(token, requiredScope, "Bearer");
    }

    public static AccessTokenCheck CheckScope(IssuedToken token, string? requiredScope, string scheme) =>
        requiredScope is not null && token.Order.Scope?.Split(' ').Contains(requiredScope) != true
            ? new(403, $"{scheme} error=\"insufficient_scope\", scope=\"{requiredScope}\"")
            : new(200, null, token.Order.ClientId, token.Order.Subject, token.Order.Scope);
}
