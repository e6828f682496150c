namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>One line of a table.</summary>
/// <param name="Group">The table.</param>
/// <param name="Name">Who was measured.</param>
/// <param name="Value">How much, in <paramref name="Unit"/>.</param>
/// <param name="Unit">ns, us, ms, MiB or a word.</param>
/// <param name="Bytes">What was allocated for one call; null where that was not measured.</param>
/// <param name="Ratio">To the group's floor; null where there is none.</param>
/// <param name="Note">What else was seen.</param>
internal sealed record Row(string Group, string Name, double Value, string Unit, double? Bytes = null, double? Ratio = null, string Note = "");
