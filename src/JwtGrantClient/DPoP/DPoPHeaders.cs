using System.Net.Http.Headers;

namespace JwtGrantClient.DPoP;

/// <summary>The headers of RFC 9449.</summary>
internal static class DPoPHeaders
{
    /// <summary>Carries the proof (section 4.1).</summary>
    public const string Proof = "DPoP";

    /// <summary>What a server says where a proof lacks its nonce (sections 8 and 9).</summary>
    public const string NonceDemanded = "use_dpop_nonce";

    /// <summary>The nonce that the server wants in the next proof (section 8); null where it handed out none, or several.</summary>
    public static string? NonceOf(HttpResponseHeaders headers) =>
        headers.TryGetValues("DPoP-Nonce", out var values) && values.ToList() is [var only] ? only : null;
}
