using System.Net;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>Specifies what an API's response means for the token that was sent.</summary>
internal enum ChallengeResult
{
    /// <summary>The response does not concern the token and is returned to the caller.</summary>
    None,

    /// <summary>The API rejected the token; a new token may be accepted.</summary>
    Rejected,

    /// <summary>The token is valid, but its scope does not cover the request.</summary>
    InsufficientScope,

    /// <summary>The DPoP proof lacks the nonce that the response contains. The token itself may be valid.</summary>
    NonceRequired,
}

/// <summary>
/// Evaluates an API's response for the token that was sent: a pure function of status and challenges (RFC 6750 section 3.1, RFC 9449
/// section 7.1).
/// </summary>
internal static class ChallengeEvaluator
{
    /// <summary>Returns whether the response must be evaluated at all.</summary>
    public static bool MayConcernToken(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <summary>Evaluates a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="scheme">The type of the token that was sent. A challenge with another scheme concerns another credential.</param>
    /// <param name="scope">The scope that the API requires; set only for <see cref="ChallengeResult.InsufficientScope"/>.</param>
    public static ChallengeResult Evaluate(HttpResponseMessage response, string scheme, out string? scope)
    {
        scope = null;
        if (!MayConcernToken(response))
            return ChallengeResult.None;
        var all = AuthenticationChallenge.ParseAll(response.Headers);
        AuthenticationChallenge[] matching = [.. all.Where(challenge => challenge.HasScheme(scheme))];
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            var insufficient = Array.Find(matching, challenge => challenge.Error == "insufficient_scope");
            scope = insufficient?.Scope is { } required ? SanitizedText.From(required) : null;
            return insufficient is null ? ChallengeResult.None : ChallengeResult.InsufficientScope;
        }
        if (Array.Exists(matching, challenge => challenge.Error == DPoPHeaders.UseNonceError))
            return DPoPHeaders.ReadNonce(response.Headers) is null ? ChallengeResult.None : ChallengeResult.NonceRequired;
        // An error other than invalid_token concerns the request, and another scheme concerns another credential. A new token helps with neither.
        var newTokenMayHelp = matching.Length > 0
            ? Array.TrueForAll(matching, challenge => challenge.Error is null or "invalid_token")
            : all.Length == 0;
        return newTokenMayHelp ? ChallengeResult.Rejected : ChallengeResult.None;
    }
}
