using System.Net.Http.Headers;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>A field or property of <paramref name="Holder"/> that contains a secret.</summary>
internal sealed record SecretMember(Type Holder, MemberInfo Member, string Name)
{
    private const BindingFlags OfInstances = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type[] Text =
        [typeof(string), typeof(ReadOnlyMemory<char>), typeof(Memory<char>), typeof(AuthenticationHeaderValue)];

    private static readonly Type[] Raw = [typeof(char[]), typeof(byte[]), typeof(ReadOnlyMemory<byte>), typeof(Memory<byte>)];

    public bool IsPublic => Member switch
    {
        FieldInfo variable => variable.IsPublic,
        PropertyInfo property => property.GetMethod is { IsPublic: true },
        _ => false,
    };

    /// <summary>Whether ToString of the value returns its content, not only its type.</summary>
    public bool IsText => Text.Contains(TypeOf(Member));

    /// <summary>The key of the member in <see cref="SecretNames.Harmless"/>.</summary>
    public string Key => $"{Holder.Name}.{Name}";

    public static IEnumerable<SecretMember> In(Assembly assembly) =>
        from type in assembly.WrittenTypes()
        where !type.IsInterface && !type.IsEnum
        from member in Readable(type).Select(member => new SecretMember(type, member, PlainName(member)))
        where member.IsSecret
        select member;

    public override string ToString() => $"{Holder.FullName}.{Name}";

    private bool IsSecret =>
        IsText || Raw.Contains(TypeOf(Member)) ? SecretNames.AreSecret(Holder, Name)
        : IsPairs(TypeOf(Member)) && SecretNames.AreSecretCollection(Name);

    private static IEnumerable<MemberInfo> Readable(Type type) =>
        type.GetFields(OfInstances).Where(variable => !IsBackingField(variable))
            .Concat<MemberInfo>(type.GetProperties(OfInstances).Where(property => property.CanRead))
            .Where(member => member.DeclaringType!.Assembly == type.Assembly);

    private static Type TypeOf(MemberInfo member) =>
        member is FieldInfo variable ? variable.FieldType : ((PropertyInfo)member).PropertyType;

    private static bool IsPairs(Type type) => type.GetInterfaces().Append(type).Any(contract =>
        contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IEnumerable<>)
        && contract.GenericTypeArguments[0] is { IsGenericType: true } item && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    /// <summary>A backing field is checked as its property. The field of a captured constructor parameter is checked itself.</summary>
    private static bool IsBackingField(FieldInfo variable) =>
        variable.IsDefined(typeof(CompilerGeneratedAttribute)) && variable.Name.EndsWith("k__BackingField", StringComparison.Ordinal);

    /// <summary>Returns the name without the prefix of a field (<c>_pem</c>), a captured parameter (<c>&lt;pem&gt;P</c>) or an explicit implementation (<c>IKey.Pem</c>).</summary>
    private static string PlainName(MemberInfo member) => member.Name.StartsWith('<')
        ? member.Name[1..member.Name.IndexOf('>', StringComparison.Ordinal)]
        : member.Name.Split('.')[^1].TrimStart('_');
}
