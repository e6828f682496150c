using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Settings;

/// <summary>
/// What is known about a provider: its defaults, the values that it gives its users, what it requires and what its errors mean. It is data; every default can be
/// overridden by the ordinary setting.
/// </summary>
/// <param name="name">The value of <see cref="JwtGrantOptions.Provider"/>.</param>
/// <param name="title">The name of the provider in messages.</param>
/// <param name="page">The page of the documentation, such as <c>docs/providers/salesforce.md</c>.</param>
internal sealed class ProviderProfile(string name, string title, string page)
{
    public string Name => name;

    public string Title => title;

    public string Page => page;

    /// <summary>Gets the method that sets the defaults which do not depend on a value.</summary>
    public required Action<JwtGrantOptions> SetDefaults { get; init; }

    /// <summary>Gets the values that the provider gives its users and that no setting has, such as the id of a tenant.</summary>
    public IReadOnlyList<ProviderValue> Values { get; init; } = [];

    /// <summary>
    /// Gets the method that derives settings from the values. It sets only settings that are null, so that a configured one is kept. Null if nothing is derived.
    /// </summary>
    public Action<JwtGrantOptions, ProviderValues>? Derive { get; init; }

    /// <summary>Gets the settings without which the provider refuses each request.</summary>
    public IReadOnlyList<RequiredSetting> Required { get; init; } = [];

    /// <summary>Gets the algorithms of the assertions that the provider accepts. Empty for all.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>Gets the longest lifetime of an assertion that the provider accepts; null if it documents none.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>Gets the method that finds other problems, in the terms of the provider; null for none.</summary>
    public Func<JwtGrantOptions, ProviderValues, IEnumerable<string>>? FindProblems { get; init; }

    /// <summary>Gets the errors of the provider. The first that matches is used, so that a more specific one is before a general one.</summary>
    public IReadOnlyList<KnownError> Errors { get; init; } = [];

    /// <summary>Gets the method that puts what is known about the client, such as its consent page, into the advice of an error; null if the advice is complete.</summary>
    public Func<string, JwtGrantOptions, ProviderValues, string>? CompleteAdvice { get; init; }

    /// <summary>Gets the request that follows the token request, or replaces it, for a token endpoint that is not one of OAuth; null for none.</summary>
    public Func<JwtGrantOptions, ProviderValues, DeclaredRequest?>? DeclareRequest { get; init; }

    /// <summary>Gets whether the file of the key names the client, so that no setting has to.</summary>
    public bool KeyNamesClient { get; init; }

    /// <summary>Returns the value with a name; null if there is none.</summary>
    public ProviderValue? FindValue(string key)
    {
        foreach (var value in Values)
            if (value.Name.Equals(key, StringComparison.OrdinalIgnoreCase))
                return value;
        return null;
    }
}

/// <summary>A value that a provider gives its users.</summary>
/// <param name="Name">The key in the configuration section, such as <c>TenantId</c>.</param>
/// <param name="Term">What it is, and where the user finds it: a phrase that continues "it is".</param>
internal sealed record ProviderValue(string Name, string Term)
{
    /// <summary>Gets whether the provider needs it. Default: true.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>Gets the method that describes what is wrong with a value: a phrase that continues "TenantId is '...'". Null if it accepts any.</summary>
    public Func<string, string?>? FindProblem { get; init; }
}

/// <summary>An ordinary setting that a provider requires.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Term">What the provider calls it, and where the user finds it: a phrase that continues "it is".</param>
/// <param name="IsSet">Returns whether the setting, or one in its place, is set.</param>
internal sealed record RequiredSetting(string Setting, string Term, Func<JwtGrantOptions, bool> IsSet);

/// <summary>The values of a client that a provider gave its user.</summary>
internal sealed class ProviderValues
{
    private readonly List<KeyValuePair<string, string>> _values = [];

    public IReadOnlyList<KeyValuePair<string, string>> All => _values;

    /// <summary>Gets a value; null if it is not set.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var value in _values)
                if (value.Key == name)
                    return value.Value;
            return null;
        }
    }

    public void Add(string name, string value) => _values.Add(new(name, value));
}

/// <summary>What the page of a provider says about a default, and where the provider documents it. It is not part of a program that uses the provider.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Reason">Why it has the default: one sentence.</param>
/// <param name="Source">The URL of the document that says so.</param>
internal sealed record ProviderDefault(string Setting, string Reason, string Source)
{
    /// <summary>Gets whether the document was read. If false, the default is what others report.</summary>
    public bool IsVerified { get; init; } = true;
}
