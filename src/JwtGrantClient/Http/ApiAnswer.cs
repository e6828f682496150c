using System.Net;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Http;

/// <summary>What an API's answer says of the token that was sent.</summary>
internal enum TokenVerdict
{
    /// <summary>Nothing; the answer is the caller's.</summary>
    None,

    /// <summary>The token is refused; a new one may do.</summary>
    Rejected,

    /// <summary>The token is good, but not for this.</summary>
    InsufficientScope,
}

/// <summary>The table of REFRESH: what the handler does with the API's answer. A pure function of status and challenges (RFC 6750 section 3.1).</summary>
internal static class ApiAnswer
{
    /// <summary>Whether an answer needs judging at all.</summary>
    public static bool MayConcernTheToken(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    public static TokenVerdict Judge(HttpResponseMessage response, out string? scope)
    {
        scope = null;
        if (!MayConcernTheToken(response))
            return TokenVerdict.None;
        Challenge[] all = [.. response.Headers.WwwAuthenticate.Select(header => Challenge.Read(header.Scheme, header.Parameter))];
        Challenge[] bearer = [.. all.Where(challenge => challenge.IsBearer)];
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            var insufficient = Array.Find(bearer, challenge => challenge.Error == "insufficient_scope");
            scope = insufficient.Scope is { } asked ? SafeText.Of(asked) : null;
            return insufficient.Error is null ? TokenVerdict.None : TokenVerdict.InsufficientScope;
        }
        // Another error than invalid_token is about the request, and another scheme about another credential: a new token would not do.
        var mayCure = bearer.Length > 0 ? Array.TrueForAll(bearer, challenge => challenge.Error is null or "invalid_token") : all.Length == 0;
        return mayCure ? TokenVerdict.Rejected : TokenVerdict.None;
    }
}
