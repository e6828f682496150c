using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Surface;

/// <summary>Async all the way, and visible in the name. Names that a framework's base type fixed are free.</summary>
internal static class AsyncRules
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] Awaitables =
        [typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>), typeof(IAsyncEnumerable<>)];

    public static IEnumerable<string> Misnamed(Assembly assembly) =>
        from method in OwnMethods(assembly)
        where IsAwaitable(method.ReturnType) != method.Name.EndsWith("Async", StringComparison.Ordinal)
        select $"{Described(method)} returns {method.ReturnType.Name}";

    public static IEnumerable<string> TokenNotLast(Assembly assembly) =>
        from method in OwnMethods(assembly).Concat<MethodBase>(assembly.WrittenTypes().SelectMany(type => type.GetConstructors(Declared)))
        where method.GetParameters().SkipLast(1).Any(parameter => parameter.ParameterType == typeof(CancellationToken))
        select Described(method);

    /// <summary>Dispose beside DisposeAsync is no twin: a container calls whichever its own end allows.</summary>
    public static IEnumerable<string> SyncTwins(Assembly assembly) =>
        from method in OwnMethods(assembly)
        where method.IsPublic && method.DeclaringType!.IsVisible && method.Name is not "DisposeAsync" && IsAwaitable(method.ReturnType)
        let twin = method.Name.Replace("Async", "", StringComparison.Ordinal)
        where method.DeclaringType!.GetMethods().Any(other => other.Name == twin)
        select $"{method.DeclaringType!.FullName}.{twin} is the sync twin of {method.Name}";

    private static IEnumerable<MethodInfo> OwnMethods(Assembly assembly) =>
        from type in assembly.WrittenTypes()
        where !typeof(Delegate).IsAssignableFrom(type)
        from method in type.GetMethods(Declared)
        where !method.IsSpecialName && !method.Name.Contains('<', StringComparison.Ordinal) && method.Name is not "Main"
        where method.GetBaseDefinition().Module.Assembly == assembly
        select method;

    private static bool IsAwaitable(Type type) => Awaitables.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type);

    private static string Described(MethodBase method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
