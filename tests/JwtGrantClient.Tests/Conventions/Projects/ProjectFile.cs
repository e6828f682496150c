using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Projects;

internal sealed record PackageUse(string Name, bool BuildOnly);

/// <summary>The references of a project file or of a props file.</summary>
internal sealed record ProjectFile(IReadOnlyList<PackageUse> Packages, IReadOnlyList<string> Projects, IReadOnlyList<string> Frameworks)
{
    public IEnumerable<string> Dependencies =>
        Packages.Where(package => !package.BuildOnly).Select(package => package.Name).Order(StringComparer.Ordinal);

    public static ProjectFile Parse(string xml)
    {
        var project = XDocument.Parse(xml);
        return new(
            [.. Items(project, "PackageReference").Select(item => new PackageUse(Include(item), IsBuildOnly(item)))],
            [.. Items(project, "ProjectReference").Select(item => Path.GetFileNameWithoutExtension(Include(item).Replace('\\', '/')))],
            [.. Items(project, "FrameworkReference").Select(Include)]);
    }

    private static IEnumerable<XElement> Items(XDocument project, string kind) =>
        project.Descendants().Where(item => item.Name.LocalName == kind && item.Attribute("Include") is not null);

    private static string Include(XElement item) => item.Attribute("Include")!.Value;

    private static bool IsBuildOnly(XElement item) =>
        (item.Attribute("PrivateAssets")?.Value ?? item.Elements().FirstOrDefault(child => child.Name.LocalName == "PrivateAssets")?.Value)
            is { } assets && assets.Equals("all", StringComparison.OrdinalIgnoreCase);
}
