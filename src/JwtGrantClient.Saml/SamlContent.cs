namespace JwtGrantClient.Saml;

/// <summary>The content that differs between assertions: the values of the token request and of the authorization server.</summary>
internal sealed record SamlContent(string Subject, string Audience, string Recipient, IReadOnlyDictionary<string, string[]> Attributes)
{
    /// <exception cref="JwtGrantException">A value is neither configured nor part of the request.</exception>
    public static SamlContent Create(SamlProfile profile, AssertionContext context)
    {
        // OriginalString: servers compare the audience and the recipient byte for byte, and System.Uri would normalize the configured URL.
        var endpoint = context.TokenEndpoint?.OriginalString;
        var subject = context.Subject ?? profile.Subject ?? throw CreateMissingError("Subject", "Set it, or set the Subject of the token request");
        if (XmlText.Problem(subject) is { } problem)
            throw JwtGrantException.Configuration("saml_text_unusable", $"The subject of the token request {problem}.");
        return new(
            subject,
            profile.Audience ?? context.Issuer ?? endpoint ?? throw CreateMissingError("Audience", "Set it to the issuer identifier or the entity id of the server"),
            profile.Recipient ?? endpoint ?? throw CreateMissingError("Recipient", "Set it to the token endpoint of the server"),
            context.Claims.Count == 0 ? profile.Attributes : Merge(profile.Attributes, context.Claims));
    }

    private static Dictionary<string, string[]> Merge(IReadOnlyDictionary<string, string[]> configured, IReadOnlyDictionary<string, object> claims)
    {
        var merged = new Dictionary<string, string[]>(configured, StringComparer.Ordinal);
        foreach (var (name, value) in claims)
            merged[name] = GetValues(value) is { } values && XmlText.Problem(name) is null && values.All(text => XmlText.Problem(text, mayBeEmpty: true) is null)
                ? values
                : throw JwtGrantException.Configuration("saml_text_unusable",
                    $"The claim '{name}' of the token request cannot be an attribute of a SAML assertion; expected a string or a sequence of strings without characters that are not allowed in XML. Correct the claim, or remove it.");
        return merged;
    }

    private static string[]? GetValues(object value) => value switch
    {
        string one => [one],
        IEnumerable<string> several => [.. several],
        _ => null,
    };

    private static JwtGrantException CreateMissingError(string name, string remedy) => JwtGrantException.Configuration(
        "saml_assertion_incomplete", $"SamlAssertionOptions.{name} is missing, and the token request does not contain it. {remedy}.");
}
