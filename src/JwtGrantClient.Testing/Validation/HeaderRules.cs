using System.Text.Json;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>What the header of an assertion may say (S05, S06, S09).</summary>
internal static class HeaderRules
{
    public static VerificationAlgorithm Check(JsonElement header, AssertionUse use, ServerSettings terms)
    {
        CheckCritical(header, use);
        CheckType(header, use, terms);
        var name = header.Text("alg");
        var accepted = FapiRules.Algorithms(terms.Options).ToList();
        return accepted.Find(algorithm => algorithm.Name == name) ?? throw use.Refuse("S06", "RFC 8725 sections 3.1 and 3.2", name switch
        {
            null => $"The {use.Noun}'s header has no alg, or one that is no string.",
            _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) =>
                $"The {use.Noun} has the alg 'none': it is not signed. Sign it.",
            _ when name.StartsWith("HS", StringComparison.Ordinal) =>
                $"The {use.Noun} has the alg '{name}', an HMAC; only asymmetric signatures are accepted.",
            _ => $"The {use.Noun} has the alg '{name}', which this server does not accept. It accepts " +
                $"{string.Join(", ", accepted.Select(a => a.Name))}.",
        });
    }

    // This server understands no extension, so any crit names one that it does not (RFC 7515 section 4.1.11).
    private static void CheckCritical(JsonElement header, AssertionUse use)
    {
        if (header.TryGetProperty("crit", out _))
            throw use.Refuse("S05", "RFC 7515 section 4.1.11",
                $"The {use.Noun}'s header has crit; this server understands no extension. Leave it out.");
        if (header.TryGetProperty("b64", out _))
            throw use.Refuse("S05", "RFC 7797 section 7", $"The {use.Noun}'s header has b64, which a JWT must not use. Leave it out.");
    }

    private static void CheckType(JsonElement header, AssertionUse use, ServerSettings terms)
    {
        var isPresent = header.TryGetProperty("typ", out var member);
        var type = Normalize(member.ValueKind == JsonValueKind.String ? member.GetString()! : "");
        if (type == AssertionUse.ClientAuthenticationType && !use.Types.Contains(type))
            throw use.Refuse("S09a", "RFC 10070",
                $"The {use.Noun} has the typ {type}; that is for client authentication. Use JWT.");
        if (use.IsClientAuthentication && terms.Options.RequireExplicitTyp && type != AssertionUse.ClientAuthenticationType)
            throw use.Refuse("S09", "RFC 10070",
                $"The {use.Noun} needs the typ {AssertionUse.ClientAuthenticationType} here; it has " +
                $"{(isPresent ? $"'{member}'" : "none")}.");
        if (isPresent && !use.Types.Contains(type))
            throw use.Refuse("S09", "RFC 8725 section 3.11", $"The {use.Noun} has the typ '{member}', so it is a JWT for something else.");
    }

    // A type without a slash has application/ understood, and media types know no case (RFC 7515 section 4.1.9).
    private static string Normalize(string type)
    {
        var lower = type.ToLowerInvariant();
        return lower.StartsWith("application/", StringComparison.Ordinal) ? lower["application/".Length..] : lower;
    }
}
