using System.Text.Json;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks the header of a JWT: critical extensions, <c>typ</c> and <c>alg</c>.</summary>
internal static class HeaderRules
{
    /// <summary>Returns the algorithm; null if it is not accepted.</summary>
    public static VerificationAlgorithm? Check(JsonElement header, AssertionUse use, ServerSettings settings, BrokenRules rules)
    {
        CheckExtensions(header, use, rules);
        CheckType(header, use, settings, rules);
        var name = header.ReadText("alg", out var problem);
        if (VerificationAlgorithm.Find(name) is { } algorithm && FapiRules.Allows(settings.Options, algorithm))
            return algorithm;
        rules.Add("S06", "RFC 8725 sections 3.1 and 3.2", name switch
        {
            null => $"The {use.Name}'s header {problem}.",
            _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) => $"The {use.Name} has the alg '{name}', so it is not signed. Sign it.",
            _ when name.StartsWith("HS", StringComparison.Ordinal) =>
                $"The {use.Name} has the alg '{name}', an HMAC; only asymmetric signatures are accepted.",
            _ => $"The {use.Name} has the alg '{name}'; this server accepts {VerificationAlgorithm.ListNames(FapiRules.Algorithms(settings.Options))}.",
        });
        return null;
    }

    // This server supports no extension, so any crit names one that it does not support (RFC 7515 section 4.1.11).
    private static void CheckExtensions(JsonElement header, AssertionUse use, BrokenRules rules)
    {
        if (header.TryGetProperty("crit", out _))
            rules.Add("S05", "RFC 7515 section 4.1.11",
                $"The {use.Name}'s header has crit; this server supports no extension. Leave it out.");
        if (header.TryGetProperty("b64", out _))
            rules.Add("S05", "RFC 7797 section 7", $"The {use.Name}'s header has b64, which a JWT must not use. Leave it out.");
    }

    /// <summary>Returns the <c>typ</c> in lower case and without <c>application/</c>; empty if it is missing or not a string.</summary>
    public static string ReadType(JsonElement header) => Normalize(header.GetStringOrNull("typ") ?? "");

    private static void CheckType(JsonElement header, AssertionUse use, ServerSettings settings, BrokenRules rules)
    {
        var isPresent = header.TryGetProperty("typ", out var member);
        var type = ReadType(header);
        if (type == AssertionUse.ClientAuthenticationType && !use.Types.Contains(type))
            rules.Add("S09a", "RFC 10070",
                $"The {use.Name} has the typ {type}, which is only for client authentication. Use {use.Types[0]}.");
        else if (use.IsClientAuthentication && settings.Options.RequireExplicitTyp && type != AssertionUse.ClientAuthenticationType)
            rules.Add("S09", "RFC 10070",
                $"The {use.Name} has {(isPresent ? $"the typ '{member}'" : "no typ")}; this server requires {AssertionUse.ClientAuthenticationType}.",
                !isPresent || type == "jwt" ? nameof(Leniency.AllowMissingTyp) : null);
        else if (!isPresent && use.RequiresType)
            rules.Add("S09", "RFC 8725 section 3.11", $"The {use.Name} has no typ; expected {use.Types[0]}.", nameof(Leniency.AllowMissingTyp));
        else if (isPresent && member.ValueKind != JsonValueKind.String)
            rules.Add("S09", "RFC 7515 section 4.1.9", $"The {use.Name} has 'typ' as a JSON {StrictJson.DescribeKind(member)}; expected a string.");
        else if (isPresent && !use.Types.Contains(type))
            rules.Add("S09", "RFC 8725 section 3.11", $"The {use.Name} has the typ '{member}', so it is a JWT for another purpose.");
    }

    // A typ without a slash is a media type without its application/ prefix, and media types are case-insensitive (RFC 7515 section 4.1.9).
    private static string Normalize(string type)
    {
        var lower = type.ToLowerInvariant();
        return lower.StartsWith("application/", StringComparison.Ordinal) ? lower["application/".Length..] : lower;
    }
}
