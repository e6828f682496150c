using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>Users need one <c>using</c>: public types share a namespace wherever they lie. Internal ones carry their folder.</summary>
internal static class Namespaces
{
    private const string ForUsers = "JwtGrantClient";
    private const string ForRegistration = "Microsoft.Extensions.DependencyInjection";

    public static IEnumerable<string> Misplaced(IEnumerable<SourceFile> files) =>
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
            return actual == ForRegistration && type.Modifiers.Any(SyntaxKind.StaticKeyword) ? ForRegistration : ForUsers;
        }

        return Layers.Of(path) is Layers.Root ? ForUsers : $"{ForUsers}.{Layers.Of(path)}";
    }

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax named ? named.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
}
