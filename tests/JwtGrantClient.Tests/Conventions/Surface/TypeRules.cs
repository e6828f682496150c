using System.Reflection;
using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>Classes are closed, and public types are explained.</summary>
internal static class TypeRules
{
    /// <summary>Classes that stay open, each with its reason. Full name -> why somebody derives from it.</summary>
    public static readonly Dictionary<string, string> OpenByDesign = [];

    public static IEnumerable<string> Open(Assembly assembly) =>
        from type in assembly.WrittenTypes()
        where type is { IsClass: true, IsSealed: false, IsAbstract: false }
        select type.FullName!;

    public static IEnumerable<string> Undocumented(Assembly assembly, string documentation)
    {
        var summaries = XDocument.Parse(documentation).Descendants("member").ToLookup(
            member => member.Attribute("name")!.Value,
            member => member.Element("inheritdoc") is not null || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value));

        return
            from type in assembly.GetExportedTypes()
            let name = type.FullName!.Replace('+', '.')
            where !summaries[$"T:{name}"].Contains(true)
            select name;
    }

    /// <summary>A type named like the namespace makes every <c>JwtGrantClient.X</c> of a user ambiguous.</summary>
    public static IEnumerable<string> NamedLikeTheNamespace(Assembly assembly) =>
        assembly.WrittenTypes().Where(type => type.Name == "JwtGrantClient").Select(type => type.FullName!);
}
