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
    public static TokenVerdict Judge(HttpResponseMessage response, out string? scope)
    {
        scope = null;
        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            return TokenVerdict.None;
        var (isBearer, isOther) = (false, false);
        foreach (var header in response.Headers.WwwAuthenticate)
        {
            var challenge = Challenge.Read(header.Scheme, header.Parameter);
            if (!challenge.IsBearer)
            {
                isOther = true;
                continue;
            }
            if (challenge.Error == "insufficient_scope")
            {
                scope = challenge.Scope;
                return TokenVerdict.InsufficientScope;
            }
            // Another error than invalid_token is about the request: a new token would meet the same answer.
            if (challenge.Error is not (null or "invalid_token"))
                return TokenVerdict.None;
            isBearer = true;
        }
        return response.StatusCode == HttpStatusCode.Unauthorized && (isBearer || !isOther) ? TokenVerdict.Rejected : TokenVerdict.None;
    }
}
