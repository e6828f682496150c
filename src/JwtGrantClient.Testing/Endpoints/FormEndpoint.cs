using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// What all endpoints that take a form have in common: how it is read, and how a refusal is answered (RFC 6749 section 5.2).
/// </summary>
internal static class FormEndpoint
{
    public static ServerResponse Answer(ServerRequest request, RecordedRequest record, Func<TokenForm, ServerResponse> judge)
    {
        try
        {
            if (request.Body.Length > ServerRequest.MaximumBody)
                throw RefusedException.Request("S01", "RFC 9110 section 15.5.14",
                    $"The body is longer than {ServerRequest.MaximumBody} bytes.", 413);
            return judge(FormReader.Read(request));
        }
        catch (RefusedException refused)
        {
            record.Refusal = refused.Refusal;
            return Refused(refused.Refusal, request);
        }
    }

    private static ServerResponse Refused(Refusal refusal, ServerRequest request)
    {
        var json = new JsonObject
        {
            ["error"] = refusal.Error,
            ["error_description"] = ErrorDescriptionText.Allowed($"{refusal.Explanation} ({refusal.Rule}, {refusal.Clause})"),
        };
        return ServerResponse.Json(refusal.Status, json, refusal.Status == 401 ? Challenge(request) : []);
    }

    // A client that tried the Authorization header is challenged in the scheme that it tried (RFC 6749 section 5.2).
    private static IEnumerable<KeyValuePair<string, string>> Challenge(ServerRequest request)
    {
        if (request.Header("Authorization") is not { } tried)
            return [];
        var scheme = tried.Split(' ', ',')[0];
        var isToken = scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return [new("WWW-Authenticate", $"{(isToken ? scheme : "Basic")} realm=\"token\"")];
    }
}
