namespace JwtGrantClient.Saml;

/// <summary>What differs from one assertion to the next: what the token request says, and where the assertion goes.</summary>
internal sealed record SamlContent(string Subject, string Audience, string Recipient, IReadOnlyDictionary<string, string[]> Attributes)
{
    /// <exception cref="JwtGrantException">Something is neither configured nor known from the request.</exception>
    public static SamlContent Create(SamlProfile profile, AssertionContext context)
    {
        // Never respelt: both are compared byte for byte. The endpoint as it was configured, or as the metadata spelt it.
        var endpoint = context.TokenEndpoint?.OriginalString;
        var subject = context.Subject ?? profile.Subject ?? throw Missing("Subject", "Set it, or name a subject in the token request");
        if (XmlText.Problem(subject) is { } problem)
            throw JwtGrantException.Configuration("saml_text_unusable", $"The subject of the token request {problem}.");
        return new(
            subject,
            profile.Audience ?? context.Issuer ?? endpoint ?? throw Missing("Audience", "Set it to the server's issuer or entity id"),
            profile.Recipient ?? endpoint ?? throw Missing("Recipient", "Set it to the server's token endpoint"),
            context.Claims.Count == 0 ? profile.Attributes : Merged(profile.Attributes, context.Claims));
    }

    private static Dictionary<string, string[]> Merged(IReadOnlyDictionary<string, string[]> configured, IReadOnlyDictionary<string, object> claims)
    {
        var merged = new Dictionary<string, string[]>(configured, StringComparer.Ordinal);
        foreach (var (name, value) in claims)
            merged[name] = Values(value) is { } values && XmlText.Problem(name) is null && values.All(text => XmlText.Problem(text, mayBeEmpty: true) is null)
                ? values
                : throw JwtGrantException.Configuration("saml_text_unusable",
                    $"The claim '{name}' of the token request is no attribute of a SAML assertion; expected a string or a sequence of " +
                    "strings that XML can carry.");
        return merged;
    }

    private static string[]? Values(object value) => value switch
    {
        string one => [one],
        IEnumerable<string> several => [.. several],
        _ => null,
    };

    private static JwtGrantException Missing(string name, string remedy) => JwtGrantException.Configuration(
        "saml_assertion_incomplete", $"SamlAssertionOptions.{name} is missing, and the request does not tell it. {remedy}.");
}
