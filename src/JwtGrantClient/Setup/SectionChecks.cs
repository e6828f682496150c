using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using JwtGrantClient.Protocol;
using JwtGrantClient.Providers;
using JwtGrantClient.Settings;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Setup;

/// <summary>
/// Finds the values of a configuration section that cannot be bound. The configuration binder ignores unknown keys, and lists in place of
/// strings, and throws at the first value that does not convert. This class reports all of them, each with its configuration key.
/// </summary>
internal sealed class SectionChecks
{
    private static readonly Dictionary<Type, Action<SectionChecks, IConfigurationSection>> Readers = new()
    {
        [typeof(SigningKeyOptions)] = (checks, child) => checks.ReadSection<SigningKeyOptions>(child),
        [typeof(CertificateStoreOptions)] = (checks, child) => checks.ReadSection<CertificateStoreOptions>(child),
        [typeof(AssertionOptions)] = (checks, child) => checks.ReadSection<AssertionOptions>(child),
        [typeof(ClientAssertionOptions)] = (checks, child) => checks.ReadSection<ClientAssertionOptions>(child),
        [typeof(ClientCertificateOptions)] = (checks, child) => checks.ReadSection<ClientCertificateOptions>(child),
        [typeof(TokenExchangeOptions)] = (checks, child) => checks.ReadSection<TokenExchangeOptions>(child),
        [typeof(DPoPOptions)] = (checks, child) => checks.ReadSection<DPoPOptions>(child),
        [typeof(RefreshOptions)] = (checks, child) => checks.ReadSection<RefreshOptions>(child),
        [typeof(RetryOptions)] = (checks, child) => checks.ReadSection<RetryOptions>(child),
        [typeof(EndpointLimitOptions)] = (checks, child) => checks.ReadSection<EndpointLimitOptions>(child),
        [typeof(BackoffOptions)] = (checks, child) => checks.ReadSection<BackoffOptions>(child),
        [typeof(CacheOptions)] = (checks, child) => checks.ReadSection<CacheOptions>(child),
        [typeof(IList<string>)] = (checks, child) => checks.ReadList(child),
        [typeof(IDictionary<string, string>)] = (checks, child) => ReadEach(child, checks.ReadText),
        [typeof(IDictionary<string, object>)] = (checks, child) => ReadEach(child, checks.ReadClaim),
    };

    // A wrong section, such as that of another library, has many unknown keys.
    private const int MaximumUnknownKeys = 5;

    private static readonly (string Path, string[] Names)[] Sections =
    [
        ("SigningKey", Names<SigningKeyOptions>()), ("Assertion", Names<AssertionOptions>()), ("ClientAssertion", Names<ClientAssertionOptions>()),
        ("ClientCertificate", Names<ClientCertificateOptions>()), ("TokenExchange", Names<TokenExchangeOptions>()), ("Refresh", Names<RefreshOptions>()),
        ("Retry", Names<RetryOptions>()), ("EndpointLimits", Names<EndpointLimitOptions>()), ("Backoff", Names<BackoffOptions>()), ("Cache", Names<CacheOptions>()),
    ];

    private readonly List<string> _problems = [];
    private ProviderProfile? _provider;
    private int _unknownKeys;
    private bool _hasListed;

    private SectionChecks()
    {
    }

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Gets whether the binder can bind the section without an exception. Values that it would ignore are problems nevertheless.</summary>
    public bool CanBeBound { get; private set; } = true;

    /// <summary>Checks a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="provider">The provider, whose values are keys of the section; null for none.</param>
    public static SectionChecks Create(IConfiguration section, ProviderProfile? provider = null)
    {
        var checks = new SectionChecks { _provider = provider };
        checks.ReadSettings<JwtGrantOptions>(section);
        if (section is IConfigurationRoot && checks._unknownKeys > 0)
            checks.ReportRoot();
        else if (checks._unknownKeys > MaximumUnknownKeys)
            checks._problems.Add($"{checks._unknownKeys - MaximumUnknownKeys} more keys{(section is IConfigurationSection { Path: var path } ? $" of the section '{path}'" : "")} are not settings. Check that it is the right section.");
        return checks;
    }

    // The root also has every environment variable, whose names and values do not belong into an error.
    private void ReportRoot()
    {
        _problems.Clear();
        _problems.Add($"The whole configuration was passed instead of a section; {_unknownKeys} of its keys are not settings. Pass the section of the client, such as configuration.GetSection(\"JwtGrant:Reports\").");
        CanBeBound = false;
    }

    private static string[] Names<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        [.. typeof(T).GetProperties().Select(property => property.Name)];

    private void ReadSettings<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfiguration section)
    {
        var settings = typeof(T).GetProperties();
        foreach (var child in section.GetChildren())
        {
            if (Array.Find(settings, property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } setting)
            {
                if (typeof(T) == typeof(JwtGrantOptions) && _provider?.FindValue(child.Key) is not null)
                {
                    ReadText(child);
                    continue;
                }
                ReportUnknown(child, [.. settings.Select(property => property.Name)], isTopLevel: typeof(T) == typeof(JwtGrantOptions));
            }
            else if (Readers.TryGetValue(setting.PropertyType, out var read))
                read(this, child);
            else
                ReadValue(child, Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType);
        }
    }

    private void ReportUnknown(IConfigurationSection child, string[] names, bool isTopLevel)
    {
        if (++_unknownKeys > MaximumUnknownKeys)
            return;
        if (isTopLevel && _provider is not null)
            names = [.. names, .. _provider.Values.Select(value => value.Name)];
        if (isTopLevel && ProviderCatalog.All.FirstOrDefault(profile => profile.FindValue(child.Key) is not null) is { } owner)
        {
            _problems.Add($"{child.Path} is a value of the provider {owner.Name}, and the provider is {_provider?.Name ?? "not set"}. Set Provider to {owner.Name}, or remove the value.");
            return;
        }
        // Sections that have a setting in common, such as Audience, are all named.
        string[] nested = isTopLevel ? [.. Sections.Where(section => section.Names.Any(IsMeant)).Select(section => $"{section.Path}:{section.Names.First(IsMeant)}")] : [];
        var nearest = SpellingSuggestion.Find(child.Key, names) ?? (nested.Length == 0 ? null : string.Join(" or ", nested));
        var advice = nearest is not null ? $"Did you mean {nearest}?"
            : _hasListed ? "See docs/settings.md for the settings."
            : $"The valid settings are {string.Join(", ", names)}.";
        _hasListed |= nearest is null;
        _problems.Add($"{child.Path} is not a setting. {advice}");

        bool IsMeant(string name) => SpellingSuggestion.AreSame(name, child.Key);
    }

    // A value in place of a section may be a private key, so the message does not contain it.
    private void ReadSection<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfigurationSection child)
    {
        if (!string.IsNullOrEmpty(child.Value))
            _problems.Add($"{child.Path} is a string; expected a section with {string.Join(", ", typeof(T).GetProperties().Select(property => property.Name))}.");
        ReadSettings<T>(child);
    }

    private void ReadList(IConfigurationSection child)
    {
        if (!string.IsNullOrEmpty(child.Value))
            _problems.Add($"{child.Path} is one string; expected a list. Put the value in brackets, or set {child.Path}:0.");
        ReadEach(child, ReadText);
    }

    private static void ReadEach(IConfigurationSection child, Action<IConfigurationSection> read)
    {
        foreach (var item in child.GetChildren())
            read(item);
    }

    private void ReadText(IConfigurationSection child) => ReadValue(child, typeof(string));

    private void ReadClaim(IConfigurationSection claim)
    {
        var items = claim.GetChildren().ToList();
        if (items.Exists(item => item.Value is null || !int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            _problems.Add($"{claim.Path} is nested; configuration supports strings and arrays of strings. Add other claims in code.");
    }

    private void ReadValue(IConfigurationSection child, Type type)
    {
        if (child.GetChildren().Any())
            _problems.Add($"{child.Path} is a list or a section; expected one value.");
        else if (child.Value is { Length: > 0 } text && Expected(text, type) is { } expected)
        {
            CanBeBound = false;
            _problems.Add($"{child.Path} is {SettingText.QuoteChoice(text)}; expected {expected}.");
        }
    }

    /// <summary>Describes the values of a type; null if the text is such a value.</summary>
    private static string? Expected(string text, Type type) => type switch
    {
        { IsEnum: true } => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : string.Join(" or ", Enum.GetNames(type)),
        _ when type == typeof(bool) => bool.TryParse(text, out _) ? null : "true or false",
        _ when type == typeof(int) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "a whole number such as 10",
        _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "a number such as 0.5",
        _ when type == typeof(TimeSpan) => IsTimeSpan(text) ? null : "hours:minutes:seconds, such as 00:02:00",
        _ => null,
    };

    // TimeSpan.Parse reads a number without a colon as days.
    private static bool IsTimeSpan(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);
}

/// <summary>
/// Binds a configuration section to options. Problems of the section are reported together with the other problems of the options, not by
/// an exception of the binder.
/// </summary>
internal static class OptionsBinding
{
    public static void Bind(IConfiguration section, JwtGrantOptions options)
    {
        var values = new SetValues(section);
        if (section is IConfigurationSection { Path: var path } && values.IsEmpty)
            options.MissingSection = path;
        var profile = values["Provider"] is { } provider ? ProviderCatalog.Find(provider) : null;
        if (profile is null && values["Provider"] is { } unknown)
        {
            // Its values would be unknown keys, and its defaults would be missing settings.
            options.Provider = unknown;
            options.SectionProblems.Add(DescribeUnknownProvider(values.GetSection("Provider").Path, unknown));
            options.IsBound = false;
            return;
        }
        var checks = SectionChecks.Create(section, profile);
        options.SectionProblems.AddRange(checks.Problems);
        options.IsBound &= checks.CanBeBound;
        if (!checks.CanBeBound || (profile is not null && !options.TryUse(profile)))
            return;
        RemoveReplacedLists(values, options);
        values.Bind(options);
        BindClaims(values.GetSection("Assertion:Claims"), options.Assertion.Claims);
        BindClaims(values.GetSection("Assertion:Header"), options.Assertion.Header);
        BindClaims(values.GetSection("ClientAssertion:Claims"), options.ClientAssertion.Claims);
        BindClaims(values.GetSection("ClientAssertion:Header"), options.ClientAssertion.Header);
        if (profile is not null)
            BindProviderValues(values, profile, options);
    }

    private static string DescribeUnknownProvider(string path, string name)
    {
        var names = ProviderCatalog.Names;
        var advice = SpellingSuggestion.Find(name, names) is { } nearest ? $"Did you mean {nearest}?" : $"The providers are {string.Join(", ", names)}. For another one, remove Provider and configure its settings.";
        return $"{path} is {SettingText.QuoteChoice(name)}, which is not a provider. {advice}";
    }

    private static void BindProviderValues(SetValues section, ProviderProfile profile, JwtGrantOptions options)
    {
        foreach (var value in profile.Values)
            if (section[value.Name] is { } text)
                options.GetProviderValues().Add(value.Name, text);
        profile.Derive?.Invoke(options, options.GetProviderValues());
    }

    // The binder adds to a list. A configured list replaces the one that was set before, for example by a provider.
    private static void RemoveReplacedLists(SetValues section, JwtGrantOptions options)
    {
        (string Setting, Action Reset)[] lists =
        [
            ("TokenEndpointOrigins", () => options.TokenEndpointOrigins = []),
            ("Resource", () => options.Resource = []),
            ("Assertion:OmittedClaims", () => options.Assertion.OmittedClaims = []),
            ("ClientAssertion:OmittedClaims", () => options.ClientAssertion.OmittedClaims = []),
            ("TokenExchange:Audience", () => options.TokenExchange.Audience = []),
        ];
        foreach (var (setting, reset) in lists)
            if (section.GetSection(setting).GetChildren().Any())
                reset();
    }

    // The binder binds only strings; the value of a claim may also be an array of strings.
    private static void BindClaims(IConfigurationSection section, IDictionary<string, object> claims)
    {
        foreach (var claim in section.GetChildren())
            if (claim.GetChildren().Select(item => item.Value!).ToArray() is { Length: > 0 } items)
                claims[claim.Key] = items;
    }
}
