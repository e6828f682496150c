using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>Checks that a DPoP proof is for this request: <c>htm</c>, <c>htu</c> and <c>ath</c> (RFC 9449 section 4.3 items 8 to 12).</summary>
internal static class RequestRules
{
    private const string Clause = "RFC 9449 section 4.3";

    // The characters of a URI (RFC 3986 section 2), without those of a query and a fragment.
    private static readonly SearchValues<char> UriCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]@!$&'()*+,;=%");

    public static void Check(JsonElement claims, string method, string url, string? accessToken, BrokenRules rules)
    {
        if (claims.ReadText("htm", out var problem) is not { } htm)
            rules.Add("S21", Clause, $"The DPoP proof {problem}; the method of the request is {method}.");
        else if (htm != method)
            rules.Add("S21", Clause, $"The DPoP proof's htm is '{htm}'; the method of the request is {method}.");
        CheckUrl(claims, url, rules);
        CheckAccessToken(claims, accessToken, rules);
    }

    private static void CheckUrl(JsonElement claims, string url, BrokenRules rules)
    {
        if (claims.ReadText("htu", out var problem) is not { } htu)
            rules.Add("S21", Clause, $"The DPoP proof {problem}; the request was sent to '{url}'.");
        else if (htu.AsSpan().ContainsAny('?', '#'))
            rules.Add("S21", "RFC 9449 section 4.2", $"The DPoP proof's htu is '{htu}'; expected a URL without query and fragment.");
        // The platform's parser removes or escapes such characters.
        else if (htu.AsSpan().IndexOfAnyExcept(UriCharacters) is >= 0 and var offset)
            rules.Add("S21", "RFC 3986 section 2",
                $"The DPoP proof's htu is '{htu}'; the character U+{(int)htu[offset]:X4} at offset {offset} is not allowed in a URI.");
        // RFC 9449 section 4.3 recommends normalization: Uri changes the host to lower case and removes a default port (RFC 3986 section 6.2).
        else if (!Uri.TryCreate(htu, UriKind.Absolute, out var claimed) || !Uri.TryCreate(url, UriKind.Absolute, out var actual)
            || claimed.GetLeftPart(UriPartial.Path) != actual.GetLeftPart(UriPartial.Path))
            rules.Add("S21", Clause, $"The DPoP proof's htu is '{htu}'; the request was sent to '{url}'.");
    }

    private static void CheckAccessToken(JsonElement claims, string? accessToken, BrokenRules rules)
    {
        // At the token endpoint there is no access token, so ath is optional there.
        if (accessToken is null && !claims.TryGetProperty("ath", out _))
            return;
        if (claims.ReadText("ath", out var problem) is not { } ath)
            rules.Add("S21", Clause, $"The DPoP proof {problem}; expected the SHA-256 of the access token in base64url.");
        else if (accessToken is not null && ath != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
            rules.Add("S21", Clause, "The DPoP proof's ath is not the SHA-256 of the access token in base64url.");
    }
}
