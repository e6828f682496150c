using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>A new project outside the repository that references packed packages. It has its own packages folder.</summary>
internal sealed class FreshProject : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fresh-").FullName;
    private readonly RSA _key = RSA.Create(2048);

    /// <param name="packed">The feed.</param>
    /// <param name="ids">The packages to reference. Default: all.</param>
    /// <param name="others">Further references, with their versions. Default: the package of the worker template, in the version that the repository uses.</param>
    public FreshProject(PackedPackages packed, IEnumerable<string>? ids = null, IEnumerable<(string Id, string Version)>? others = null)
    {
        // These two files stop MSBuild from searching the parent folders.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("NuGet.config", Config(packed).ToString());
        Write("Fresh.csproj", Project(packed, ids ?? PackedPackages.Ids, others ?? [("Microsoft.Extensions.Hosting", NewestVersion("Microsoft.Extensions.Hosting"))]).ToString());
        Write("batch.pem", _key.ExportPkcs8PrivateKeyPem());
    }

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Returns the version of a package that the tests and examples of the repository use.</summary>
    public static string NewestVersion(string id) => XDocument.Load(Path.Combine(DotNet.Repository, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(package => package.Attribute("Include")!.Value == id).Attribute("Version")!.Value;

    /// <summary>Builds the program, and returns what the SDK printed.</summary>
    public Task<string> BuildAsync(string program)
    {
        Write("Program.cs", program);
        return DotNet.RunSdkAsync(_folder, "build", "-o", Path.Combine(_folder, "out"));
    }

    /// <summary>Runs the program with the settings of the README as command-line arguments.</summary>
    public Task<string> RunAsync(string issuer) => DotNet.RunProgramAsync(
        DotNet.HostPath, _folder, Path.Combine(_folder, "out", "Fresh.dll"),
        $"--JwtGrant:Reports:Issuer={issuer}", "--JwtGrant:Reports:ClientId=batch-worker", "--JwtGrant:Reports:Scope=reports.read",
        "--JwtGrant:Reports:SigningKey:Path=batch.pem", "--JwtGrant:Reports:AllowLoopbackHttp=true", "--Logging:LogLevel:Default=None");

    /// <summary>Returns all direct and transitive dependencies of a package, sorted.</summary>
    public IEnumerable<string> GetDependencies(string id)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "obj", "project.assets.json")));
        var installed = assets.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
            .ToDictionary(package => package.Name.Split('/')[0], package => package.Value, StringComparer.OrdinalIgnoreCase);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Visit(id);
        return found;

        void Visit(string name)
        {
            if (installed[name].TryGetProperty("dependencies", out var dependencies))
                foreach (var dependency in dependencies.EnumerateObject())
                    if (found.Add(dependency.Name))
                        Visit(dependency.Name);
        }
    }

    // The feed is added to the package sources of the machine. The packages that the repository restored are in a fallback folder, so that they are not downloaded again.
    private static XElement Config(PackedPackages packed) => new(
        "configuration",
        new XElement("packageSources", new XElement("add", new XAttribute("key", "packed"), new XAttribute("value", packed.Feed))),
        new XElement("config", new XElement("add", new XAttribute("key", "globalPackagesFolder"), new XAttribute("value", "packages"))),
        new XElement("fallbackPackageFolders", Directory.Exists(DotNet.PackagesFolder)
            ? new XElement("add", new XAttribute("key", "machine"), new XAttribute("value", DotNet.PackagesFolder))
            : null));

    private static XElement Project(PackedPackages packed, IEnumerable<string> ids, IEnumerable<(string Id, string Version)> others) => new(
        "Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk.Worker"),
        new XElement("PropertyGroup",
            new XElement("TargetFramework", "net10.0"), new XElement("Nullable", "enable"), new XElement("ImplicitUsings", "enable"),
            new XElement("RestorePackagesPath", "packages"), new XElement("NuGetAudit", "false")),
        new XElement("ItemGroup", ids.Select(id => Reference(id, packed.Version(id))).Concat(others.Select(other => Reference(other.Id, other.Version)))));

    private static XElement Reference(string id, string version) =>
        new("PackageReference", new XAttribute("Include", id), new XAttribute("Version", version));

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}
