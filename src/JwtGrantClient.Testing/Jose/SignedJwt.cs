using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A JWT that is parsed strictly (RFC 7515 section 5.2). Its signature and its claims are not validated yet.</summary>
internal sealed record SignedJwt(JsonElement Header, JsonElement Claims, byte[] SigningInput, byte[] Signature)
{
    /// <summary>
    /// Parses the compact form; returns null, the rule and the problem if it is invalid: S03 for the compact form, S04 for the JSON.
    /// </summary>
    public static SignedJwt? TryParse(string compact, out string rule, out string problem)
    {
        (rule, problem) = ("S03", "");
        var segments = compact.Split('.');
        if (segments.Length == 5)
            problem = "has five segments, so it is encrypted (JWE); this server accepts only signed JWTs";
        else if (segments.Length != 3)
            problem = $"has {segments.Length} segments; a signed JWT has three";
        else if (!StrictBase64Url.TryDecode(segments[0], out var header))
            problem = "has a header that is not canonical base64url without padding";
        else if (!StrictBase64Url.TryDecode(segments[1], out var claims))
            problem = "has a payload that is not canonical base64url without padding";
        else if (!StrictBase64Url.TryDecode(segments[2], out var signature))
            problem = "has a signature that is not canonical base64url without padding";
        else
            return TryParse(header, claims, Encoding.ASCII.GetBytes($"{segments[0]}.{segments[1]}"), signature, out rule, out problem);
        return null;
    }

    private static SignedJwt? TryParse(
        byte[] header, byte[] claims, byte[] signingInput, byte[] signature, out string rule, out string problem)
    {
        rule = "S04";
        if (StrictJson.TryParse(header, out problem) is not { } headerJson)
            problem = $"has a header that {problem}";
        else if (StrictJson.TryParse(claims, out problem) is not { } claimsJson)
            problem = $"has a payload that {problem}";
        else
            return new(headerJson, claimsJson, signingInput, signature);
        return null;
    }
}
