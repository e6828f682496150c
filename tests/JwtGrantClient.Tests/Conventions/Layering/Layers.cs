using System.Collections.Immutable;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>The folders of src/JwtGrantClient in the order of the flow. A new folder gets its place here, and nowhere else.</summary>
internal static class Layers
{
    public const string Library = "src/JwtGrantClient";

    /// <summary>The library's own folder: the nouns that every step speaks in.</summary>
    public const string Root = "";

    public static readonly ImmutableArray<string> InOrder =
        ["Protocol", Root, "Diagnostics", "Credentials", "Signing", "Assertions", "DPoP", "TokenEndpoint", "Caching", "Revocation", "Sources", "Providers", "Http", "Setup"];

    /// <summary>The step that a file serves; a folder inside a step belongs to the step.</summary>
    public static string Of(string path)
    {
        var inside = path[(Library.Length + 1)..];
        return inside.Contains('/', StringComparison.Ordinal) ? inside[..inside.IndexOf('/', StringComparison.Ordinal)] : Root;
    }

    public static bool MayUse(string user, string used) => InOrder.IndexOf(used) <= InOrder.IndexOf(user);

    public static string Named(string folder) => folder is Root ? "the root" : $"folder {folder}";
}
