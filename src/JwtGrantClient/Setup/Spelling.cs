namespace JwtGrantClient.Setup;

/// <summary>Guesses what a misspelt name was meant to be.</summary>
internal static class Spelling
{
    public static string Advice(string written, IEnumerable<string> known)
    {
        var names = known.ToList();
        var nearest = names.MinBy(name => Distance(written.ToUpperInvariant(), name.ToUpperInvariant()))!;
        return Distance(written.ToUpperInvariant(), nearest.ToUpperInvariant()) <= nearest.Length / 3
            ? $"Did you mean {nearest}?"
            : $"The settings here are {string.Join(", ", names)}.";
    }

    // Levenshtein's distance: how many letters must be put in, taken out or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i);
            for (var j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[other.Length];
    }
}
