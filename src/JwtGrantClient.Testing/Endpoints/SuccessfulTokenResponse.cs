using JwtGrantClient.Testing.TokenExchange;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A successful token response (RFC 6749 section 5.1, RFC 8693 section 2.2.1).</summary>
internal sealed record SuccessfulTokenResponse(string Value, long? ExpiresIn, string? Scope)
{
    public string TokenType { get; init; } = "Bearer";

    public string? RefreshToken { get; init; }

    public string? IssuedTokenType { get; init; }

    public ServerResponse ToResponse() => ServerResponse.Json(200, JsonBytes.WriteObject(this, static (json, response) =>
    {
        // The token_type of a token that is not an access token is N_A (RFC 8693 section 2.2.1).
        var isAccessToken = response.IssuedTokenType is null or TokenTypes.AccessToken;
        json.WriteString("access_token", response.Value);
        json.WriteString("token_type", isAccessToken ? response.TokenType : "N_A");
        if (response.ExpiresIn is { } seconds)
            json.WriteNumber("expires_in", seconds);
        if (response.Scope is { } scope)
            json.WriteString("scope", scope);
        if (response.RefreshToken is { } refreshToken)
            json.WriteString("refresh_token", refreshToken);
        if (response.IssuedTokenType is { } type)
            json.WriteString("issued_token_type", type);
    }).ToArray());
}
