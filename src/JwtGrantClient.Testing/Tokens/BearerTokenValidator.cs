namespace JwtGrantClient.Testing.Tokens;

/// <summary>Validates a request to a resource server with a bearer token (RFC 6750 section 3).</summary>
internal static class BearerTokenValidator
{
    public static AccessTokenCheck Validate(TokenIssuer tokens, string? authorization, string? requiredScope, string? certificate = null)
    {
        // The challenge to a request without credentials has no error code (RFC 6750 section 3.1).
        if (authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) != true)
            return new(401, "Bearer");
        if (tokens.Find(authorization["Bearer ".Length..].Trim(), out var problem) is not { } token)
            return new(401, $"Bearer error=\"invalid_token\", error_description=\"The access token {problem}\"");
        // Otherwise an attacker with a stolen token could present it without the proof (RFC 9449 section 7.2).
        if (token.Descriptor.ProofKey is not null)
            return new(401,
                "DPoP error=\"invalid_token\", error_description=\"The access token is bound to a DPoP key; present it with the scheme DPoP\"");
        if (token.Descriptor.CertificateThumbprint is { } bound && bound != certificate)
            return new(401, "Bearer error=\"invalid_token\", error_description=\"The access token is bound to another client certificate\"");
        return CheckScope(token, requiredScope, "Bearer");
    }

    public static AccessTokenCheck CheckScope(IssuedToken token, string? requiredScope, string scheme) =>
        requiredScope is not null && token.Descriptor.Scope?.Split(' ').Contains(requiredScope) != true
            ? new(403, $"{scheme} error=\"insufficient_scope\", scope=\"{requiredScope}\"")
            : new(200, null, token.Descriptor.ClientId, token.Descriptor.Subject, token.Descriptor.Scope);
}
