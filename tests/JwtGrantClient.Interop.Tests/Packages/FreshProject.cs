using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>A new project outside the repository that references all packed packages. It has its own packages folder.</summary>
internal sealed class FreshProject : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fresh-").FullName;
    private readonly RSA _key = RSA.Create(2048);

    public FreshProject(PackedPackages packed)
    {
        // These two files stop MSBuild from searching the parent folders.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("NuGet.config", Config(packed).ToString());
        Write("Fresh.csproj", Project(packed).ToString());
        Write("batch.pem", _key.ExportPkcs8PrivateKeyPem());
    }

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task BuildAsync(string program)
    {
        Write("Program.cs", program);
        await DotNet.RunSdkAsync(_folder, "build", "-o", Path.Combine(_folder, "out"));
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

    private static XElement Project(PackedPackages packed) => new(
        "Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk.Worker"),
        new XElement("PropertyGroup",
            new XElement("TargetFramework", "net10.0"), new XElement("Nullable", "enable"), new XElement("ImplicitUsings", "enable"),
            new XElement("RestorePackagesPath", "packages"), new XElement("NuGetAudit", "false")),
        new XElement("ItemGroup", PackedPackages.Ids.Select(id => Reference(id, packed.Version(id))).Append(Reference("Microsoft.Extensions.Hosting", HostingVersion()))));

    // The package of the worker template, in the version that the repository uses.
    private static string HostingVersion() => XDocument.Load(Path.Combine(DotNet.Repository, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(package => package.Attribute("Include")!.Value == "Microsoft.Extensions.Hosting").Attribute("Version")!.Value;

    private static XElement Reference(string id, string version) =>
        new("PackageReference", new XAttribute("Include", id), new XAttribute("Version", version));

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);
}
