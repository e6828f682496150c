using Microsoft.CodeAnalysis;

namespace JwtGrantClient.Tests.Conventions.Suppressions;

/// <summary>The list of BannedApiAnalyzers, which ignores ids that do not exist, such as misspelled ones.</summary>
internal sealed class BannedSymbols(string list)
{
    private readonly string[][] _entries =
        [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(';', 2))];

    public IEnumerable<string> Ids => _entries.Select(entry => entry[0]);

    public IEnumerable<string> WithoutReplacement => _entries.Where(entry => entry.Length < 2 || entry[1].Length == 0).Select(entry => entry[0]);

    public IEnumerable<string> FindMissing()
    {
        var platform = Roslyn.Compile("Banned", []);
        return Ids.Where(id => DocumentationCommentId.GetFirstSymbolForDeclarationId(id, platform) is null);
    }
}
