namespace JwtGrantClient.Saml;

/// <summary>The content that all assertions of a factory have in common: a validated, immutable copy of the options.</summary>
internal sealed record SamlProfile(
    string Issuer,
    string? Subject,
    string NameIdFormat,
    string? Audience,
    string? Recipient,
    TimeSpan Lifetime,
    string? AuthnContext,
    IReadOnlyDictionary<string, string[]> Attributes)
{
    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(1), MaxLifetime = TimeSpan.FromMinutes(15);

    /// <exception cref="JwtGrantException">Options are missing or not valid. The message lists every problem.</exception>
    public static SamlProfile Create(SamlAssertionOptions options)
    {
        var problems = Problems(options).ToList();
        if (problems.Count > 0)
            throw JwtGrantException.Configuration("settings_invalid", string.Join('\n', problems));
        return new(
            options.Issuer!, options.Subject, options.NameIdFormat, options.Audience, options.Recipient, options.Lifetime, options.AuthnContext,
            options.Attributes.ToDictionary(attribute => attribute.Key, attribute => (string[])[.. attribute.Value], StringComparer.Ordinal));
    }

    private static IEnumerable<string> Problems(SamlAssertionOptions options)
    {
        if (options.Issuer is null)
            yield return "SamlAssertionOptions.Issuer is missing. Set it to the name under which the certificate is registered at the server.";
        if (options.NameIdFormat is null)
            yield return "SamlAssertionOptions.NameIdFormat is null. Keep its default, or set it to the URI of a format.";
        foreach (var (name, text) in Texts(options))
            if (text is not null && XmlText.Problem(text) is { } problem)
                yield return $"SamlAssertionOptions.{name} {problem}.";
        if (options.Lifetime < MinLifetime || options.Lifetime > MaxLifetime || options.Lifetime.Ticks % TimeSpan.TicksPerSecond != 0)
            yield return $"SamlAssertionOptions.Lifetime is {options.Lifetime}; expected whole seconds from {MinLifetime} to {MaxLifetime}.";
        foreach (var (name, values) in options.Attributes)
            if (XmlText.Problem(name) is { } problem)
                yield return $"SamlAssertionOptions.Attributes: the name '{name}' {problem}.";
            else if (values is null || values.Any(value => value is null || XmlText.Problem(value, mayBeEmpty: true) is not null))
                yield return $"SamlAssertionOptions.Attributes: '{name}' is null, or has a value that is null or has a character that is not allowed in XML. Correct the value, or remove the attribute.";
    }

    private static IEnumerable<(string Name, string? Text)> Texts(SamlAssertionOptions options) =>
    [
        ("Issuer", options.Issuer), ("Subject", options.Subject), ("NameIdFormat", options.NameIdFormat), ("Audience", options.Audience),
        ("Recipient", options.Recipient), ("AuthnContext", options.AuthnContext),
    ];
}
