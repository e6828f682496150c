using System.Text.Json.Nodes;
using JwtGrantClient.Testing.TokenExchange;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A successful token response (RFC 6749 section 5.1, RFC 8693 section 2.2.1).</summary>
internal sealed record SuccessfulTokenResponse(string Value, long? ExpiresIn, string? Scope)
{
    public string TokenType { get; init; } = "Bearer";

    public string? RefreshToken { get; init; }

    public string? IssuedTokenType { get; init; }

    public ServerResponse ToResponse()
    {
        // The token_type of a token that is not an access token is N_A (RFC 8693 section 2.2.1).
        var isAccessToken = IssuedTokenType is null or TokenTypes.AccessToken;
        var json = new JsonObject { ["access_token"] = Value, ["token_type"] = isAccessToken ? TokenType : "N_A" };
        if (ExpiresIn is { } seconds)
            json["expires_in"] = seconds;
        foreach (var (name, value) in new[] { ("scope", Scope), ("refresh_token", RefreshToken), ("issued_token_type", IssuedTokenType) })
            if (value is not null)
                json[name] = value;
        return ServerResponse.Json(200, json);
    }
}
