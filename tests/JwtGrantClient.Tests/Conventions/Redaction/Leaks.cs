using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>The ways in which a secret is printed by accident: ToString, JSON and the debugger.</summary>
internal static class Leaks
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(SecretMember secret)
    {
        if (IsPrintedByRecord(secret))
        {
            yield return $"{secret} is printed by the record's own ToString: override ToString without it, or make it a class.";
        }
        else if (PrintedSecret.IsIn(secret.Holder, secret.Member))
        {
            yield return $"{secret} is printed by ToString: leave it out.";
        }

        if (IsWrittenAsJson(secret))
        {
            yield return $"{secret} is written by System.Text.Json: put [JsonIgnore] on it, or a redacting [JsonConverter] on the type.";
        }

        if (IsNamedByDebuggerDisplay(secret))
        {
            yield return $"{secret} is named in [DebuggerDisplay]: leave it out.";
        }

        if (IsShownByDebugger(secret))
        {
            yield return $"{secret} is shown by the debugger: put [DebuggerBrowsable(DebuggerBrowsableState.Never)] on it"
                + (IsCaptured(secret) ? "; a captured constructor parameter cannot carry it, so declare a field." : ".");
        }
    }

    /// <summary>The generated ToString of a record calls PrintMembers of all base types, which prints public members.</summary>
    private static bool IsPrintedByRecord(SecretMember secret) =>
        secret is { IsPublic: true, IsText: true }
        && IsCompilerGenerated(secret.Holder.GetMethod(nameof(ToString), Type.EmptyTypes))
        && IsCompilerGenerated(secret.Member.DeclaringType!.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]));

    private static bool IsCompilerGenerated(MethodInfo? method) => method?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) == true;

    /// <summary>Uses the metadata of the serializer, so that converters, [JsonIgnore] and [JsonInclude] have their usual effect.</summary>
    private static bool IsWrittenAsJson(SecretMember secret) =>
        !secret.Holder.ContainsGenericParameters
        && !secret.Holder.IsByRefLike
        && JsonSerializerOptions.Default.GetTypeInfo(secret.Holder).Properties.Any(property =>
            MemberName(property) == secret.Member.Name
            && property is { Get: not null, CustomConverter: null }
            && property.ShouldSerialize?.Invoke(new object(), property.PropertyType == typeof(string) ? "any" : null) != false);

    private static string? MemberName(JsonPropertyInfo property) => (property.AttributeProvider as MemberInfo)?.Name;

    private static bool IsNamedByDebuggerDisplay(SecretMember secret) =>
        secret.Holder.GetCustomAttributes<DebuggerDisplayAttribute>(inherit: true)
            .Select(display => $"{display.Value} {display.Name} {display.Type}")
            .Any(display => Regex.IsMatch(display, $@"\{{[^}}]*\b_?{Regex.Escape(secret.Name)}\b"));

    private static bool IsShownByDebugger(SecretMember secret) =>
        (IsCaptured(secret) || secret.Member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State is not DebuggerBrowsableState.Never)
        && !secret.Holder.IsDefined(typeof(DebuggerTypeProxyAttribute), inherit: true);

    /// <summary>The compiler hides the field of a captured parameter in debug builds only, but packages are release builds.</summary>
    private static bool IsCaptured(SecretMember secret) => secret.Member.Name.StartsWith('<');
}
