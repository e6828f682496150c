using System.Globalization;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The likely cure for a refusal, for the first line of its message. A guess from the error code, the clocks and, last, the server's
/// words, which are not an API.
/// </summary>
internal static class TokenErrorAdvice
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public static string For(string error, string? description, TimeSpan? clockAhead)
    {
        if (error is "invalid_grant" or "invalid_client" && clockAhead is { } offset && offset.Duration() > ClockTolerance)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"This machine's clock is {offset.Duration().TotalSeconds:0} s {Side(offset)} the server's Date; set it right (NTP).");
        // What a code lacks is not to be mended by settings.
        if (error is "invalid_grant" && Mentions(description, "code", "codes"))
            return "The authorization code is expired, was used before, or belongs to another client or redirect URI; start over with the login.";
        return IsAboutAnAssertion(error) && ByWords(description) is { } cure ? cure : error switch
        {
            "invalid_grant" =>
                "The server does not accept the assertion, or the code; check its issuer, subject, audience and key against what is registered there.",
            "invalid_client" => "The server does not accept the client's authentication; check ClientId, the registered public key and the audience.",
            "unauthorized_client" => "The client may not use this grant; allow it in the server's registration of the client.",
            "unsupported_grant_type" => "The server does not offer this grant; choose another Grant.",
            "invalid_scope" => "The scope is unknown to the server, or more than the client may have; check Scope.",
            "invalid_target" => "The server does not know the Resource (RFC 8707); check its spelling and the client's registration.",
            "use_dpop_nonce" => "The server wants a DPoP nonce, and refused the one it gave before; or the client does not do DPoP: set DPoP:Enabled.",
            "invalid_dpop_proof" => "The server does not accept the DPoP proof, or there is none: set DPoP:Enabled; if it is set, compare the " +
                "clocks and the key's algorithm.",
            "consent_required" or "interaction_required" =>
                "A person must consent first, in a browser; trying again does not help. See the server's manual for the consent page.",
            _ => "See the server's manual for this error.",
        };
    }

    private static string Side(TimeSpan ahead) => ahead > TimeSpan.Zero ? "ahead of" : "behind";

    // Servers that nobody here wrote say invalid_token or invalid_request too, where RFC 7523 section 3 has the other two.
    private static bool IsAboutAnAssertion(string error) => error is "invalid_grant" or "invalid_client" or "invalid_token" or "invalid_request";

    private static string? ByWords(string? description) =>
        Mentions(description, "audience", "audiences", "aud") ?
            "The audience is not the one the server expects; set the assertion's Audience to its literal value, byte for byte."
        : Mentions(description, "kid", "key") ?
            "The server does not know the signing key; check SigningKey:KeyId and that the public key is registered under it."
        : Mentions(description, "alg", "algorithm") ?
            "The server does not accept the signing algorithm; set SigningKey:Algorithm to the one that is registered."
        : Mentions(description, "expired", "exp", "iat", "nbf") ?
            "The server finds the assertion's times wrong; compare the clocks and lower the assertion's Lifetime."
        : null;

    private static bool Mentions(string? description, params ReadOnlySpan<string> words)
    {
        foreach (var range in description.AsSpan().SplitAny(" .,;:'\"()[]<>=_-/"))
            foreach (var word in words)
                if (description.AsSpan()[range].Equals(word, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }
}
