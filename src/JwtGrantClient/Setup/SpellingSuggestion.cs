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
        int[] beforeLast = [], last = [.. Enumerable.Range(0, other.Length + 1)];
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last) = (last, row);
        }
        return last[other.Length];
    }
}
