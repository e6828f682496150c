using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>Packs the projects in src once for all tests, as a release does. The output folder is a NuGet feed.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    /// <summary>Gets the package IDs, which are the names of the projects.</summary>
    internal static IReadOnlyList<string> Ids { get; } =
        [.. Directory.GetDirectories(Path.Combine(DotNet.Repository, "src"))
            .Select(folder => Path.GetFileName(folder))
            .Where(name => File.Exists(Path.Combine(DotNet.Repository, "src", name, $"{name}.csproj")))
            .Order(StringComparer.Ordinal)];

    internal string Feed { get; } = Directory.CreateTempSubdirectory("packed-").FullName;

    public async ValueTask InitializeAsync()
    {
        // The solution filter excludes the tests and the examples from the build.
        var filter = Path.Combine(Feed, "src.slnf");
        await File.WriteAllTextAsync(filter, JsonSerializer.Serialize(new
        {
            solution = new
            {
                path = Path.Combine(DotNet.Repository, "JwtGrantClient.sln"),
                projects = Ids.Select(id => $"src\\{id}\\{id}.csproj"),
            },
        }));
        await DotNet.RunSdkAsync(
            DotNet.Repository, "pack", filter, "-c", "Release", "-o", Feed, "--artifacts-path", Path.Combine(DotNet.Repository, "artifacts", "pack"),
            "-p:ContinuousIntegrationBuild=true", "-p:RunAnalyzers=false",
            // A version of its own: a fresh project uses the packages folder of the machine, which may have other packages of the same version.
            $"-p:Version=0.1.0-test.{Guid.NewGuid():N}");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Feed, recursive: true);
        return default;
    }

    /// <summary>Opens the package file of any version.</summary>
    internal ZipArchive Open(string id, string extension = "nupkg") =>
        ZipFile.OpenRead(Directory.GetFiles(Feed, $"{id}.*.{extension}").Single(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1])));

    internal string Version(string id) => Metadata(id, "version")!;

    /// <summary>Returns the dependencies of a package on packages of others, with their version ranges.</summary>
    internal IReadOnlyList<string> DependenciesOf(string id)
    {
        using var package = Open(id);
        using var manifest = package.GetEntry($"{id}.nuspec")!.Open();
        return [.. XDocument.Load(manifest).Descendants().Where(element => element.Name.LocalName == "dependency" && !Ids.Contains(element.Attribute("id")!.Value))
            .Select(element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Returns an element of the package metadata, or null if it is missing.</summary>
    internal string? Metadata(string id, string name)
    {
        using var package = Open(id);
        using var manifest = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(manifest).Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    }
}
