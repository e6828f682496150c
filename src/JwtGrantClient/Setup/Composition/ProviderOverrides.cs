using System.Globalization;
using JwtGrantClient.Settings;

namespace JwtGrantClient.Setup;

/// <summary>
/// Finds the settings that replace a default of the provider and decide what an assertion or a request looks like. Errors name them, because a provider often
/// refuses what differs from its documentation without a reason.
/// </summary>
internal static class ProviderOverrides
{
    private static readonly (string Setting, Func<JwtGrantOptions, string?> Read)[] Settings =
    [
        ("SendClientId", options => Text(options.SendClientId)),
        ("RequestEncoding", options => options.RequestEncoding.ToString()),
        ("ScopePlacement", options => options.ScopePlacement.ToString()),
        ("Assertion:Audience", options => options.Assertion.Audience),
        ("Assertion:OmittedClaims", options => string.Join(' ', options.Assertion.OmittedClaims)),
        ("Assertion:NotBefore", options => Text(options.Assertion.NotBefore)),
        ("Assertion:Backdate", options => options.Assertion.Backdate.ToString()),
        ("ClientAssertion:Audience", options => options.ClientAssertion.Audience),
        ("ClientAssertion:Issuer", options => options.ClientAssertion.Issuer),
        ("ClientAssertion:Type", options => options.ClientAssertion.Type),
        ("ClientAssertion:OmittedClaims", options => string.Join(' ', options.ClientAssertion.OmittedClaims)),
        ("ClientAssertion:NotBefore", options => Text(options.ClientAssertion.NotBefore)),
        ("ClientAssertion:Backdate", options => options.ClientAssertion.Backdate.ToString()),
    ];

    /// <summary>Returns the names of the settings; empty without a provider.</summary>
    public static IReadOnlyList<string> Find(JwtGrantOptions options)
    {
        if (options.FindProfile() is not { } profile)
            return [];
        var defaults = Create(profile, options, copiesServer: true);
        List<string> found = [];
        if (Create(profile, options, copiesServer: false).Issuer is { } issuer && issuer != options.Issuer)
            found.Add("Issuer");
        foreach (var (setting, read) in Settings)
            if (read(options) != read(defaults))
                found.Add(setting);
        return found;
    }

    // Some defaults follow from the settings of the server.
    private static JwtGrantOptions Create(ProviderProfile profile, JwtGrantOptions options, bool copiesServer)
    {
        var defaults = new JwtGrantOptions();
        defaults.TryUse(profile);
        if (copiesServer)
            (defaults.Issuer, defaults.TokenEndpoint, defaults.ClientId, defaults.Grant) = (options.Issuer, options.TokenEndpoint, options.ClientId, options.Grant);
        foreach (var (name, value) in options.GetProviderValues().All)
            defaults.GetProviderValues().Add(name, value);
        profile.Derive?.Invoke(defaults, defaults.GetProviderValues());
        return defaults;
    }

    private static string Text(bool value) => value.ToString(CultureInfo.InvariantCulture);
}
