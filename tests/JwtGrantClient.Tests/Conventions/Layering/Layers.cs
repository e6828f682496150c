using System.Collections.Immutable;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>The folders of src/JwtGrantClient in the order of their dependencies. A new folder is added here.</summary>
internal static class Layers
{
    public const string Library = "src/JwtGrantClient";

    /// <summary>The root folder of the library, with the public types that every layer uses.</summary>
    public const string Root = "";

    public static readonly ImmutableArray<string> InOrder =
        ["Protocol", Root, "Diagnostics", "Credentials", "Signing", "Assertions", "DPoP", "TokenEndpoint", "Caching", "Revocation", "Sources", "Settings", "Providers", "Http", "Setup"];

    /// <summary>Returns the layer of a file: its top folder.</summary>
    public static string Of(string path)
    {
        var relative = path[(Library.Length + 1)..];
        return relative.Contains('/', StringComparison.Ordinal) ? relative[..relative.IndexOf('/', StringComparison.Ordinal)] : Root;
    }

    public static bool MayUse(string user, string used) => InOrder.IndexOf(used) <= InOrder.IndexOf(user);

    public static string DisplayName(string folder) => folder is Root ? "the root" : $"folder {folder}";
}
