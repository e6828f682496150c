using System.Net;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>What an API's answer says of the token that was sent.</summary>
internal enum ChallengeResult
{
    /// <summary>Nothing; the answer is the caller's.</summary>
    None,

    /// <summary>The token is refused; a new one may do.</summary>
    Rejected,

    /// <summary>The token is good, but not for this.</summary>
    InsufficientScope,

    /// <summary>The proof of possession lacks the nonce that came with the answer; the token may be good.</summary>
    NonceDemanded,
}

/// <summary>
/// Says what the API's answer means for the token. A pure function of status and challenges (RFC 6750 section 3.1, RFC
/// 9449 section 7.1).
/// </summary>
internal static class ChallengeEvaluator
{
    /// <summary>Whether an answer needs judging at all.</summary>
    public static bool MayConcernTheToken(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <param name="response">The answer.</param>
    /// <param name="scheme">The type of the token that was sent: what another scheme is challenged for is another credential.</param>
    /// <param name="scope">The scope that the API asks for, with <see cref="ChallengeResult.InsufficientScope"/>.</param>
    public static ChallengeResult Evaluate(HttpResponseMessage response, string scheme, out string? scope)
    {
        scope = null;
        if (!MayConcernTheToken(response))
            return ChallengeResult.None;
        AuthenticationChallenge[] all = [.. response.Headers.WwwAuthenticate.Select(header => AuthenticationChallenge.Read(header.Scheme, header.Parameter))];
        AuthenticationChallenge[] own = [.. all.Where(challenge => challenge.IsOf(scheme))];
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            var insufficient = Array.Find(own, challenge => challenge.Error == "insufficient_scope");
            scope = insufficient.Scope is { } asked ? SanitizedText.From(asked) : null;
            return insufficient.Error is null ? ChallengeResult.None : ChallengeResult.InsufficientScope;
        }
        if (Array.Exists(own, challenge => challenge.Error == DPoPHeaders.NonceDemanded))
            return DPoPHeaders.NonceOf(response.Headers) is null ? ChallengeResult.None : ChallengeResult.NonceDemanded;
        // Another error than invalid_token is about the request, and another scheme about another credential: a new token would not do.
        var mayCure = own.Length > 0 ? Array.TrueForAll(own, challenge => challenge.Error is null or "invalid_token") : all.Length == 0;
        return mayCure ? ChallengeResult.Rejected : ChallengeResult.None;
    }
}
