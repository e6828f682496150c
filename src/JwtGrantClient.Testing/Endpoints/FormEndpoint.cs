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
            return process(FormReader.Read(request));
        }
        catch (RefusedException e)
        {
            record.Refusal = e.Refusal;
            return CreateErrorResponse(e.Refusal, request);
        }
    }

    /// <summary>Creates the error response of a refusal.</summary>
    public static ServerResponse CreateErrorResponse(Refusal refusal, ServerRequest request)
    {
        var others = refusal.AlsoBroken.Count == 0 ? "" : $" Also broken: {string.Join(", ", refusal.AlsoBroken.Select(other => other.Rule))}.";
        var json = new JsonObject
        {
            ["error"] = refusal.Error,
            ["error_description"] = ErrorDescriptionText.Sanitize($"{refusal.Explanation} ({refusal.Rule}, {refusal.Clause}){others}"),
        };
        return ServerResponse.Json(refusal.Status, json, refusal.Status == 401 ? [CreateChallenge(request)] : []);
    }

    // The challenge has the scheme of the client's Authorization header (RFC 6749 section 5.2). Without such a header it is Basic: a 401 response needs a
    // challenge (RFC 9110 section 15.5.2), and authentication by an assertion has no scheme.
    private static KeyValuePair<string, string> CreateChallenge(ServerRequest request)
    {
        var scheme = request.Header("Authorization")?.Split(' ', ',')[0] ?? "";
        var isValidScheme = scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return ServerResponse.CreateChallenge(isValidScheme ? scheme : "Basic");
    }
}
