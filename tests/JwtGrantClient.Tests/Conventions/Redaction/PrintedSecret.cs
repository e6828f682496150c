using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>Puts a marked secret into an otherwise blank instance and looks for it in what the type says of itself.</summary>
internal static class PrintedSecret
{
    private const string Marker = "marker-7f3a9";

    public static bool IsIn(Type holder, MemberInfo member)
    {
        var field = Storage(member);
        if (holder.IsAbstract || holder.ContainsGenericParameters || holder.IsByRefLike || field?.FieldType != typeof(string))
        {
            return false;
        }

        var blank = RuntimeHelpers.GetUninitializedObject(holder);
        field.SetValue(blank, Marker);
        return Said(blank).Contains(Marker, StringComparison.Ordinal);
    }

    private static FieldInfo? Storage(MemberInfo member) => member as FieldInfo
        ?? member.DeclaringType!.GetField($"<{member.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);

    private static string Said(object blank)
    {
        try
        {
            return blank.ToString() ?? "";
        }
        catch (Exception error) when (error is NullReferenceException or InvalidOperationException or ArgumentException)
        {
            // A ToString that needs the rest of the object: the tests of that type make a whole one.
            return "";
        }
    }
}
