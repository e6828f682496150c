namespace JwtGrantClient.Protocol;

/// <summary>Combines named values from settings with those of one request: claims, header members, form parameters.</summary>
internal static class NamedValues
{
    /// <summary>Returns the defaults with the overrides in place of those of the same name. Neither is changed.</summary>
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
