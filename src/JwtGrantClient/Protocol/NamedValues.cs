namespace JwtGrantClient.Protocol;

/// <summary>Combines the named values of the settings with those of a request: claims, header parameters and form fields.</summary>
internal static class NamedValues
{
    /// <summary>Returns the defaults and the overrides; an override replaces the default with the same name. The arguments are not changed.</summary>
    public static IReadOnlyDictionary<string, T> Merge<T>(IReadOnlyDictionary<string, T> defaults, IReadOnlyDictionary<string, T> overrides)
    {
        if (overrides.Count == 0)
            return defaults;
        if (defaults.Count == 0)
            return overrides;
        var merged = new Dictionary<string, T>(defaults, StringComparer.Ordinal);
        foreach (var (name, value) in overrides)
            merged[name] = value;
        return merged;
    }
}
