using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>Sets a marker in an uninitialized instance, and searches for it in the result of ToString.</summary>
internal static class PrintedSecret
{
    private const string Marker = "marker-7f3a9";

    public static bool IsIn(Type holder, MemberInfo member)
    {
        var field = FindField(member);
        if (holder.IsAbstract || holder.ContainsGenericParameters || holder.IsByRefLike || field?.FieldType != typeof(string))
        {
            return false;
        }

        var instance = RuntimeHelpers.GetUninitializedObject(holder);
        field.SetValue(instance, Marker);
        return Print(instance).Contains(Marker, StringComparison.Ordinal);
    }

    private static FieldInfo? FindField(MemberInfo member) => member as FieldInfo
        ?? member.DeclaringType!.GetField($"<{member.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);

    private static string Print(object instance)
    {
        try
        {
            return instance.ToString() ?? "";
        }
        catch (Exception error) when (error is NullReferenceException or InvalidOperationException or ArgumentException)
        {
            // This ToString needs an initialized object. The tests of the type cover it.
            return "";
        }
    }
}
