using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// The authorization endpoint, which the metadata must name because there is the grant authorization_code (RFC 8414 section 2). No user can sign in at
/// it: a test calls <see cref="StrictAuthorizationServer.IssueAuthorizationCode"/> instead.
/// </summary>
internal static class AuthorizationEndpoint
{
    public static ServerResponse Handle(RecordedRequest record)
    {
        const string Explanation =
            "No user can sign in at this server. In a test, call IssueAuthorizationCode and give the code to the client.";
        record.Refusal = RefusedException.Create("access_denied", "S00", "RFC 6749 section 4.1.2.1", Explanation, 403).Refusal;
        return ServerResponse.Json(403, new JsonObject { ["error"] = "access_denied", ["error_description"] = Explanation });
    }
}
