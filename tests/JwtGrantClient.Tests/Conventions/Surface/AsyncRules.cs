using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>I/O is asynchronous only, and asynchronous methods end in Async, except overrides of a framework's methods.</summary>
internal static class AsyncRules
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] Awaitables =
        [typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(IAsyncEnumerable<>)];

    public static IEnumerable<string> Misnamed(Assembly assembly) =>
        from method in OwnMethods(assembly)
        where IsAwaitable(method.ReturnType) != method.Name.EndsWith("Async", StringComparison.Ordinal)
        select $"{Describe(method)} returns {method.ReturnType.Name}";

    /// <summary>Dispose next to DisposeAsync is allowed: the container calls the one that fits its own disposal.</summary>
    public static IEnumerable<string> SynchronousVersions(Assembly assembly) =>
        from method in OwnMethods(assembly)
        where method.IsPublic && method.DeclaringType!.IsVisible && method.Name is not "DisposeAsync" && IsAwaitable(method.ReturnType)
        let synchronous = method.Name.Replace("Async", "", StringComparison.Ordinal)
        where method.DeclaringType!.GetMethods().Any(other => other.Name == synchronous)
        select $"{method.DeclaringType!.FullName}.{synchronous} is the synchronous version of {method.Name}";

    private static IEnumerable<MethodInfo> OwnMethods(Assembly assembly) =>
        from type in assembly.WrittenTypes()
        where !typeof(Delegate).IsAssignableFrom(type)
        from method in type.GetMethods(Declared)
        where !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal) && method.Name is not "Main"
        where method.GetBaseDefinition().Module.Assembly == assembly
        select method;

    private static bool IsAwaitable(Type type) => Awaitables.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type);

    private static string Describe(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
