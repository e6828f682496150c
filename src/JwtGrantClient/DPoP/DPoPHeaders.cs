using System.Net.Http.Headers;

namespace JwtGrantClient.DPoP;

/// <summary>The header names and the error code of RFC 9449.</summary>
internal static class DPoPHeaders
{
    /// <summary>The header that contains the proof (RFC 9449 section 4.1).</summary>
    public const string Proof = "DPoP";

    /// <summary>The error code of a server that requires a nonce in the proof (RFC 9449 sections 8 and 9).</summary>
    public const string UseNonceError = "use_dpop_nonce";

    private const int MaximumNonceLength = 1024;

    /// <summary>
    /// Returns the nonce for the next proof (RFC 9449 section 8.2). Returns null if the response has no nonce or several, or if it does not have the syntax
    /// of RFC 9449 section 8.1: visible ASCII characters except quote and backslash.
    /// </summary>
    public static string? ReadNonce(HttpResponseHeaders headers) =>
        headers.TryGetValues("DPoP-Nonce", out var values) && new List<string>(values) is [{ Length: > 0 and <= MaximumNonceLength } nonce]
        && !nonce.AsSpan().ContainsAnyExceptInRange('!', '~') && !nonce.AsSpan().ContainsAny('"', '\\') ? nonce : null;
}
