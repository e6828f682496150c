namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>A row of a table.</summary>
/// <param name="Group">The table.</param>
/// <param name="Name">The measured client or method.</param>
/// <param name="Value">The measured value, in <paramref name="Unit"/>.</param>
/// <param name="Unit">ns, us, ms, MiB or a word.</param>
/// <param name="Bytes">The allocated bytes of one call; null if they were not measured.</param>
/// <param name="Ratio">The ratio to the baseline of the group; null if it has no baseline.</param>
/// <param name="Note">Additional results.</param>
internal sealed record Row(string Group, string Name, double Value, string Unit, double? Bytes = null, double? Ratio = null, string Note = "");
