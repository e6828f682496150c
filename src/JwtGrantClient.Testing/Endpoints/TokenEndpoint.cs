using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// One token request, top-down: read the form, find out who asks, judge the grant, then what it may have; issue, or refuse.
/// </summary>
internal sealed class TokenEndpoint(
    ServerTerms terms,
    TokenCounter counter,
    ClientAuthenticator authenticator,
    IReadOnlyDictionary<string, Func<GrantRequest, Entitlement>> grants)
{
    public ServerResponse Answer(ServerRequest request, RecordedRequest record)
    {
        try
        {
            if (request.Body.Length > ServerRequest.MaximumBody)
                throw RefusedException.Request("S01", "RFC 9110 section 15.5.14",
                    $"The body is longer than {ServerRequest.MaximumBody} bytes.", 413);
            var form = FormReader.Read(request);
            var grantType = form.Required("grant_type");
            var client = authenticator.Authenticate(request, form);
            var judge = grants.GetValueOrDefault(grantType) ?? throw GrantPolicy.Unknown(grantType, grants.Keys);
            GrantPolicy.DemandGrantType(client, grantType);
            // Before the grant is judged, for a code or a refresh token is not to be used up by a slip elsewhere in the request.
            GrantPolicy.DemandTargets(form, terms.Options.SupportedTargets);
            var entitlement = judge(new(form, client, authenticator.Public(form)));
            GrantPolicy.DemandGrantType(entitlement.Client, grantType);
            GrantPolicy.DemandScope(entitlement, terms.Options.SupportedScopes);
            return counter.Serve(entitlement, form).ToResponse();
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
            ["error_description"] = ErrorText.Allowed($"{refusal.Explanation} ({refusal.Rule}, {refusal.Clause})"),
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
