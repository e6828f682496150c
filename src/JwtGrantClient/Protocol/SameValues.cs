namespace JwtGrantClient.Protocol;

/// <summary>Compares the values of two token requests without allocation, because a cache lookup must not allocate.</summary>
internal static class SameValues
{
    /// <summary>Returns whether two lists have the same texts in the same order.</summary>
    public static bool AreSame(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        // A for loop, because foreach over an interface allocates an enumerator.
        if (one.Count != other.Count)
            return false;
        for (var i = 0; i < one.Count; i++)
            if (one[i] != other[i])
                return false;
        return true;
    }

    /// <summary>Returns whether two collections have the same names with the same texts.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && (one.Count == 0 || HaveSameEntries(one, other));

    /// <summary>Returns whether two scopes have the same values, in any order (RFC 6749 section 3.3).</summary>
    public static bool HaveSameScopes(string? one, string? other) =>
        one == other || (one is not null && other is not null && SplitScope(one).SetEquals(SplitScope(other)));

    /// <summary>Returns the values of a scope.</summary>
    public static HashSet<string> SplitScope(string? scope) => scope is null ? [] : new(scope.Split(' '), StringComparer.Ordinal);

    private static bool HaveSameEntries(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other)
    {
        foreach (var (name, value) in one)
            if (!other.TryGetValue(name, out var otherValue) || otherValue != value)
                return false;
        return true;
    }
}
