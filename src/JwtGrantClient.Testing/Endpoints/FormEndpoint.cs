using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Handles a request of an endpoint that takes a form: reads the form, and returns a refusal as an error response (RFC 6749 section 5.2).</summary>
internal static class FormEndpoint
{
    public static ServerResponse Handle(ServerRequest request, RecordedRequest record, Func<TokenForm, ServerResponse> process)
    {
        try
        {
            if (request.Body.Length > ServerRequest.MaxBodyLength)
                throw RefusedException.InvalidRequest("S01", "RFC 9110 section 15.5.14",
                    $"The body is longer than {ServerRequest.MaxBodyLength} bytes.", 413);
            return process(FormReader.Read(request));
        }
        catch (RefusedException e)
        {
            record.Refusal = e.Refusal;
            return CreateErrorResponse(e.Refusal, request);
        }
    }

    private static ServerResponse CreateErrorResponse(Refusal refusal, ServerRequest request)
    {
        var others = refusal.AlsoBroken.Count == 0 ? "" : $" Also broken: {string.Join(", ", refusal.AlsoBroken.Select(other => other.Rule))}.";
        var json = new JsonObject
        {
            ["error"] = refusal.Error,
            ["error_description"] = ErrorDescriptionText.Sanitize($"{refusal.Explanation} ({refusal.Rule}, {refusal.Clause}){others}"),
        };
        return ServerResponse.Json(refusal.Status, json, refusal.Status == 401 ? CreateChallenge(request) : []);
    }

    // A client that used the Authorization header gets a challenge with the scheme that it used (RFC 6749 section 5.2).
    private static IEnumerable<KeyValuePair<string, string>> CreateChallenge(ServerRequest request)
    {
        if (request.Header("Authorization") is not { } authorization)
            return [];
        var scheme = authorization.Split(' ', ',')[0];
        var isValidScheme = scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return [new("WWW-Authenticate", $"{(isValidScheme ? scheme : "Basic")} realm=\"token\"")];
    }
}
