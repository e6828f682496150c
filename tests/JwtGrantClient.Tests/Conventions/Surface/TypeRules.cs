using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>Rules for the declaration of types.</summary>
internal static class TypeRules
{
    /// <summary>Classes that are not sealed by design: the full name, and why users derive from it.</summary>
    public static readonly Dictionary<string, string> NotSealedByDesign = [];

    public static IEnumerable<string> NotSealed(Assembly assembly) =>
        from type in assembly.WrittenTypes()
        where type is { IsClass: true, IsSealed: false, IsAbstract: false }
        select type.FullName!;

    /// <summary>A type with the name of the namespace makes <c>JwtGrantClient.X</c> ambiguous in users' code.</summary>
    public static IEnumerable<string> NamedLikeNamespace(Assembly assembly) =>
        assembly.WrittenTypes().Where(type => type.Name == "JwtGrantClient").Select(type => type.FullName!);
}
