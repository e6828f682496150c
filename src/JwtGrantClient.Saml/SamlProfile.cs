namespace JwtGrantClient.Saml;

/// <summary>What all assertions of a factory have in common: checked settings, never changed.</summary>
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
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(15);

    /// <exception cref="JwtGrantException">Settings are missing or wrong; all of them are named.</exception>
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
            yield return "SamlAssertionOptions.Issuer is missing. Set it to the name under which the server has the certificate.";
        if (options.NameIdFormat is null)
            yield return "SamlAssertionOptions.NameIdFormat is null. Leave it at its default, or give the format's URI.";
        foreach (var (name, text) in Texts(options))
            if (text is not null && XmlText.Problem(text) is { } problem)
                yield return $"SamlAssertionOptions.{name} {problem}.";
        if (options.Lifetime < Shortest || options.Lifetime > Longest || options.Lifetime.Ticks % TimeSpan.TicksPerSecond != 0)
            yield return $"SamlAssertionOptions.Lifetime is {options.Lifetime}; expected whole seconds from {Shortest} to {Longest}.";
        foreach (var (name, values) in options.Attributes)
            if (XmlText.Problem(name) is { } problem)
                yield return $"SamlAssertionOptions.Attributes: the name '{name}' {problem}.";
            else if (values is null || values.Any(value => value is null || XmlText.Problem(value, mayBeEmpty: true) is not null))
                yield return $"SamlAssertionOptions.Attributes: '{name}' has no values, or one with a control character.";
    }

    private static IEnumerable<(string Name, string? Text)> Texts(SamlAssertionOptions options) =>
    [
        ("Issuer", options.Issuer), ("Subject", options.Subject), ("NameIdFormat", options.NameIdFormat), ("Audience", options.Audience),
        ("Recipient", options.Recipient), ("AuthnContext", options.AuthnContext),
    ];
}
