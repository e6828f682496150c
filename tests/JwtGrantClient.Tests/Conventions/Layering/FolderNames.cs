namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>A folder is a concept, never a kind of code.</summary>
internal static class FolderNames
{
    private static readonly HashSet<string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        "Helpers", "Utils", "Common", "Managers", "Models", "Interfaces", "Extensions", "Internal",
    };

    public static IEnumerable<string> NamedForAKind(IEnumerable<string> folders) =>
        folders.Where(folder => Kinds.Contains(folder.Split('/')[^1]));

    public static IEnumerable<string> WithoutAPlace(IEnumerable<string> folders) =>
        folders.Where(folder => folder.StartsWith($"{Layers.Library}/", StringComparison.Ordinal))
            .Where(folder => !Layers.InOrder.Contains(folder.Split('/')[2]));
}
