using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>Public types share one namespace, so that users need one <c>using</c>. Internal types use the namespace of their folder.</summary>
internal static class Namespaces
{
    private const string PublicNamespace = "JwtGrantClient";
    private const string RegistrationNamespace = "Microsoft.Extensions.DependencyInjection";

    public static IEnumerable<string> FindMisplaced(IEnumerable<SourceFile> files) =>
        from file in files
        from type in file.Syntax.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
        where type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && type.Parent is not TypeDeclarationSyntax
        let actual = type.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>()?.Name.ToString() ?? "(none)"
        let expected = Expected(type, file.Path, actual)
        where actual != expected
        select $"{file.At(type.GetLocation())} declares {NameOf(type)} in namespace {actual}, expected {expected}";

    private static string Expected(MemberDeclarationSyntax type, string path, string actual)
    {
        if (type.Modifiers.Any(SyntaxKind.PublicKeyword))
        {
            return actual == RegistrationNamespace && type.Modifiers.Any(SyntaxKind.StaticKeyword) ? RegistrationNamespace : PublicNamespace;
        }

        return Layers.Of(path) is Layers.Root ? PublicNamespace : $"{PublicNamespace}.{Layers.Of(path)}";
    }

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax declaration ? declaration.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
}
