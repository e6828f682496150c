namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>A folder is named after a concept, not after a kind of code.</summary>
internal static class FolderNames
{
    private static readonly HashSet<string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        "Helpers", "Utils", "Common", "Managers", "Models", "Interfaces", "Extensions", "Internal",
    };

    public static IEnumerable<string> FindKindNames(IEnumerable<string> folders) =>
        folders.Where(folder => Kinds.Contains(folder.Split('/')[^1]));

    public static IEnumerable<string> FindFoldersWithoutLayer(IEnumerable<string> folders) =>
        folders.Where(folder => folder.StartsWith($"{Layers.Library}/", StringComparison.Ordinal))
            .Where(folder => !Layers.InOrder.Contains(folder.Split('/')[2]));

    public static IEnumerable<string> FindLayersWithoutFolder(IEnumerable<string> folders) => Layers.InOrder.Except(
        folders.Where(folder => folder.StartsWith($"{Layers.Library}/", StringComparison.Ordinal)).Select(folder => folder.Split('/')[2]).Append(Layers.Root));
}
