using System.Collections;
using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>The names that documents can refer to: types and members of src, its assemblies, and settings.</summary>
internal sealed class CodeNames
{
    private const BindingFlags AllMembers =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    // Sections of configuration that are not a client's: those of an example, and of .NET.
    private static readonly string[] OtherSections = ["Reports", "Keys", "Logging"];

    private readonly Dictionary<string, HashSet<string>> _types;
    private readonly HashSet<string> _names;

    /// <param name="types">The types, of all visibilities.</param>
    /// <param name="assemblies">The names of assemblies and packages.</param>
    public CodeNames(IEnumerable<Type> types, IEnumerable<string> assemblies)
    {
        _types = types.GroupBy(NameOf, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => group.SelectMany(type => type.GetMembers(AllMembers)).Select(member => member.Name).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        _names = [.. _types.Keys, .. _types.Values.SelectMany(members => members), .. assemblies];
    }

    /// <summary>The names of src.</summary>
    public static CodeNames Source { get; } = new(
        SrcAssemblies.All.SelectMany(assembly => assembly.WrittenTypes()),
        ["JwtGrant", .. SourceTree.SrcProjects, .. SourceTree.FindFiles("tests", ".csproj").Select(path => Path.GetFileNameWithoutExtension(path)!)]);

    public bool HasType(string type) => _types.ContainsKey(type);

    public bool HasMember(string type, string member) => _types[type].Contains(member);

    /// <summary>Returns whether any type or member, or an assembly, has the name.</summary>
    public bool HasName(string name) => _names.Contains(name);

    /// <summary>Returns whether a path of configuration keys is a setting, with or without the section of a client in front.</summary>
    public static bool HasSetting(string path)
    {
        var keys = path.Split(':');
        return keys[0] is "JwtGrant" ? keys.Length == 2 || IsSetting(keys[2..]) : OtherSections.Contains(keys[0]) || IsSetting(keys);
    }

    private static bool IsSetting(IEnumerable<string> keys)
    {
        var type = typeof(JwtGrantOptions);
        foreach (var key in keys)
        {
            // What follows is the user's own: an index, a claim, a parameter.
            if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
                return true;
            if (type.Assembly != typeof(JwtGrantOptions).Assembly || type.GetProperty(key) is not { } property)
                return false;
            type = property.PropertyType;
        }
        return true;
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];
}
