using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A good token response (RFC 6749 section 5.1).</summary>
internal static class TokenAnswer
{
    public static ServerResponse Of(IssuedToken token, string? refreshToken)
    {
        var json = new JsonObject { ["access_token"] = token.Value, ["token_type"] = "Bearer", ["expires_in"] = token.ExpiresIn };
        if (token.Order.Scope is { } scope)
            json["scope"] = scope;
        if (refreshToken is not null)
            json["refresh_token"] = refreshToken;
        return ServerResponse.Json(200, json);
    }
}
