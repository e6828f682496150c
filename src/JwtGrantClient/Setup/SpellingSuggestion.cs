namespace JwtGrantClient.Setup;

/// <summary>Suggests the setting that a misspelled name was meant to be.</summary>
internal static class SpellingSuggestion
{
    /// <summary>Returns the most similar of the known names; null if none is similar.</summary>
    public static string? Find(string name, IReadOnlyList<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(Normalize(name), Normalize(candidate)))!;
        return Distance(Normalize(name), Normalize(nearest)) <= nearest.Length / 3 ? nearest : null;
    }

    /// <summary>Returns whether two names differ only in case, underscores and hyphens.</summary>
    public static bool AreSame(string one, string other) => Normalize(one) == Normalize(other);

    private static string Normalize(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    // The number of characters to insert, delete or replace, and of neighbors to swap (optimal string alignment).
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var replaced = rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, replaced);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[one.Length, other.Length];
    }
}
