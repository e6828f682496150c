using System.Globalization;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Suggests what to do about an OAuth error. The suggestion comes from the error code, the clocks and, last, the server's description, which
/// is not a stable interface.
/// </summary>
internal static class TokenErrorAdvice
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public static string For(string error, string? description, TimeSpan? clockAhead)
    {
        if (error is "invalid_grant" or "invalid_client" && clockAhead is { } offset && offset.Duration() > ClockTolerance)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"This machine's clock is {offset.Duration().TotalSeconds:0} s {Side(offset)} the server's Date. Synchronize it (NTP).");
        // Settings do not fix an authorization code.
        if (error is "invalid_grant" && Mentions(description, "code", "codes"))
            return "The authorization code is expired, was used before, or belongs to another client or redirect URI. Start again with the sign-in.";
        return IsAboutAnAssertion(error) && FromDescription(description) is { } advice ? advice : error switch
        {
            "invalid_grant" =>
                "The server does not accept the assertion or the code. Check its issuer, subject, audience and key against what is registered at the server.",
            "invalid_client" => 
                "The server does not accept the client's authentication. Check ClientId and the credential that is registered for it: the secret, the certificate, or the public key and the audience of the assertion.",
            "unauthorized_client" => "The client may not use this grant. Allow it in the client's registration at the server.",
            "unsupported_grant_type" => "The server does not support this grant. Choose another Grant.",
            "invalid_scope" => "The server does not know the scope, or the client may not have it. Check Scope.",
            "invalid_target" => "The server does not know the Resource (RFC 8707). Check its spelling and the client's registration.",
            "use_dpop_nonce" => "The server requires a DPoP nonce and rejected the one that it issued before, or the client does not use DPoP: set DPoP:Enabled.",
            "invalid_dpop_proof" => "The server does not accept the DPoP proof, or there is none. Set DPoP:Enabled. If it is set, compare the clocks and the key's algorithm.",
            "consent_required" or "interaction_required" =>
                "A user must consent first, in a browser; retrying does not help. See the server's documentation for the consent page.",
            _ => "See the server's documentation for this error.",
        };
    }

    private static string Side(TimeSpan ahead) => ahead > TimeSpan.Zero ? "ahead of" : "behind";

    // RFC 7523 section 3 defines the first two; some servers return one of the others.
    private static bool IsAboutAnAssertion(string error) => error is "invalid_grant" or "invalid_client" or "invalid_token" or "invalid_request";

    private static string? FromDescription(string? description) =>
        Mentions(description, "audience", "audiences", "aud") ?
            "The audience is not the one that the server expects. Set the assertion's Audience to that value, byte for byte."
        : Mentions(description, "kid", "key") ?
            "The server does not know the signing key. Check SigningKey:KeyId and that the public key is registered under it."
        : Mentions(description, "alg", "algorithm") ?
            "The server does not accept the signing algorithm. Set SigningKey:Algorithm to the one that is registered."
        : Mentions(description, "expired", "exp", "iat", "nbf") ?
            "The server does not accept the assertion's times. Compare the clocks and lower the assertion's Lifetime."
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
