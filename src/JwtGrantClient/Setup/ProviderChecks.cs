using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;

namespace JwtGrantClient.Setup;

/// <summary>Finds what a provider requires and the options do not have, and says it in the terms of the provider.</summary>
internal static class ProviderChecks
{
    public static List<string> Find(JwtGrantOptions options, ClientDependencies dependencies)
    {
        if (options.FindProfile() is not { } profile || dependencies.TokenSource.IsSet)
            return [];
        return
        [
            .. CheckValues(profile, options.GetProviderValues()), .. CheckRequired(profile, options, dependencies),
            .. CheckAssertion(profile, "SigningKey", "Assertion", options.SigningKey.LoadedAlgorithm, options.Assertion.Lifetime),
            .. CheckAssertion(profile, "ClientAssertion:SigningKey", "ClientAssertion", options.ClientAssertion.SigningKey?.LoadedAlgorithm, options.ClientAssertion.Lifetime),
            .. profile.FindProblems?.Invoke(options, options.GetProviderValues()) ?? [],
        ];
    }

    /// <summary>
    /// Returns all problems. A general problem is left out if the provider has one of the same setting, which says more, or if it is about a setting that follows
    /// from a value that is missing.
    /// </summary>
    public static List<string> Merge(JwtGrantOptions options, List<string> ofProvider, List<string> general)
    {
        var lacksValue = LacksValue(options.FindProfile()?.Values ?? [], options.GetProviderValues());
        // The file of the provider names the file with the token.
        var lacksFile = options.FindProfile() is { } profile
            && ofProvider.Exists(problem => profile.FindValue(SettingOf(problem)) is { } value && value.Name.EndsWith("File", StringComparison.Ordinal));
        // Without the token of another party, the library would sign one.
        var lacksToken = ofProvider.Exists(problem => SettingOf(problem).EndsWith(":TokenFile", StringComparison.Ordinal));
        return
        [
            .. ofProvider,
            .. general.FindAll(problem => !ofProvider.Exists(better => SettingOf(better) == SettingOf(problem))
                && !(lacksFile && problem.StartsWith("TokenExchange:SubjectTokenFile is missing", StringComparison.Ordinal))
                && !(lacksValue && IsDerived(problem)) && !(lacksToken && (IsDerived(problem) || problem.StartsWith("SigningKey: No signing key", StringComparison.Ordinal)))),
        ];
    }

    private static bool LacksValue(IReadOnlyList<ProviderValue> values, ProviderValues given)
    {
        foreach (var value in values)
            if (value.IsRequired && given[value.Name] is null)
                return true;
        return false;
    }

    private static bool IsDerived(string problem) => problem == OptionsChecks.NoServer || problem.StartsWith("ClientAssertion:Audience is missing", StringComparison.Ordinal);

    // A message begins with its setting.
    private static string SettingOf(string problem) => problem.IndexOf(' ', StringComparison.Ordinal) is var end and > 0 ? problem[..end].TrimEnd(':') : problem;

    private static IEnumerable<string> CheckValues(ProviderProfile profile, ProviderValues values)
    {
        foreach (var value in profile.Values)
            if (values[value.Name] is not { } text)
            {
                if (value.IsRequired)
                    yield return $"{value.Name} is missing; it is {value.Term}. {profile.Title} needs it. See {profile.Page}.";
            }
            else if (value.FindProblem?.Invoke(text) is { } problem)
            {
                yield return $"{value.Name} is {SettingText.QuoteUrl(text)}, which {problem}. It is {value.Term}. See {profile.Page}.";
            }
    }

    private static IEnumerable<string> CheckRequired(ProviderProfile profile, JwtGrantOptions options, ClientDependencies dependencies)
    {
        foreach (var required in profile.Required)
            if (!required.IsSet(options) && !IsSetInCode(required.Setting, dependencies))
                yield return $"{required.Setting} is missing; it is {required.Term}. {profile.Title} needs it. See {profile.Page}.";
    }

    private static bool IsSetInCode(string setting, ClientDependencies dependencies) => setting switch
    {
        "SigningKey" => dependencies.Signer.IsSet,
        "ClientAssertion:TokenFile" => dependencies.ClientAssertion.IsSet,
        "Assertion:TokenFile" => dependencies.GrantAssertion.IsSet,
        "TokenExchange:SubjectTokenFile" => dependencies.SubjectToken.IsSet,
        _ => false,
    };

    private static IEnumerable<string> CheckAssertion(ProviderProfile profile, string keySection, string section, string? algorithm, TimeSpan? lifetime)
    {
        if (algorithm is not null && profile.Algorithms.Count > 0 && !profile.Algorithms.Contains(algorithm))
            yield return $"{keySection}:Algorithm is {algorithm}, but {profile.Title} accepts {string.Join(" or ", profile.Algorithms)}. Set it to one of them, and use a key that fits.";
        if (profile.MaxLifetime is { } maximum && lifetime > maximum)
            yield return $"{section}:Lifetime is {lifetime}, but {profile.Title} accepts at most {maximum}. Set a shorter one.";
    }
}
