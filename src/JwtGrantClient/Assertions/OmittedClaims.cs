namespace JwtGrantClient.Assertions;

/// <summary>The registered claims that an assertion can leave out. <c>exp</c> is always written (RFC 7523 section 3 item 4).</summary>
[Flags]
internal enum OmittedClaims
{
    None = 0,
    Issuer = 1,
    Subject = 2,
    Audience = 4,
    IssuedAt = 8,
    Id = 16,
}

/// <summary>Reads the names of claims that are left out.</summary>
internal static class OmittedClaimNames
{
    /// <summary>Returns the claims with these names. Names that are not known are ignored; <see cref="Problem"/> finds them.</summary>
    public static OmittedClaims Parse(IEnumerable<string> names)
    {
        var omitted = OmittedClaims.None;
        foreach (var name in names)
            omitted |= Find(name);
        return omitted;
    }

    /// <summary>Returns a description of what is wrong with a name, or null if it is a claim that can be left out.</summary>
    public static string? Problem(string name) =>
        Find(name) != OmittedClaims.None ? null
        : name == "exp" ? "contains exp, which each assertion has (RFC 7523 section 3 item 4)"
        : $"contains {Protocol.SettingText.QuoteChoice(name)}; expected iss, sub, aud, iat or jti";

    private static OmittedClaims Find(string name) => name switch
    {
        "iss" => OmittedClaims.Issuer,
        "sub" => OmittedClaims.Subject,
        "aud" => OmittedClaims.Audience,
        "iat" => OmittedClaims.IssuedAt,
        "jti" => OmittedClaims.Id,
        _ => OmittedClaims.None,
    };
}
