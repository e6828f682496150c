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

    /// <summary>The token is valid, but the request requires another one: with more scope, or after another authentication of the user.</summary>
    InsufficientToken,

    /// <summary>The DPoP proof lacks the nonce that the response contains. The token itself may be valid.</summary>
    NonceRequired,
}

/// <summary>
/// Evaluates an API's response for the token that was sent: a pure function of status and challenges (RFC 6750 section 3.1, RFC 9470 section 3, RFC 9449
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
    /// <param name="insufficient">What the API requires; set only for <see cref="ChallengeResult.InsufficientToken"/>.</param>
    public static ChallengeResult Evaluate(HttpResponseMessage response, string scheme, out AuthenticationChallenge? insufficient)
    {
        insufficient = null;
        if (!MayConcernToken(response))
            return ChallengeResult.None;
        var all = AuthenticationChallenge.ParseAll(response.Headers);
        AuthenticationChallenge[] matching = [.. all.Where(challenge => challenge.HasScheme(scheme))];
        insufficient = Array.Find(matching, TokenChallenge.Includes);
        if (insufficient is not null)
            return ChallengeResult.InsufficientToken;
        if (response.StatusCode == HttpStatusCode.Forbidden)
            return ChallengeResult.None;
        if (Array.Exists(matching, challenge => challenge.Error == DPoPHeaders.UseNonceError))
            return DPoPHeaders.ReadNonce(response.Headers) is null ? ChallengeResult.None : ChallengeResult.NonceRequired;
        // An error other than invalid_token concerns the request, and another scheme concerns another credential. A new token helps with neither.
        var newTokenMayHelp = matching.Length > 0
            ? Array.TrueForAll(matching, challenge => challenge.Error is null or "invalid_token")
            : all.Length == 0;
        return newTokenMayHelp ? ChallengeResult.Rejected : ChallengeResult.None;
    }

    /// <summary>Returns why the API rejects the token (RFC 6750 section 3, <c>error_description</c>); null if it does not say.</summary>
    public static string? ReadDescription(HttpResponseMessage response, string scheme) =>
        Array.Find(AuthenticationChallenge.ParseAll(response.Headers), challenge => challenge.HasScheme(scheme) && challenge.Description is not null)?.Description;
}
