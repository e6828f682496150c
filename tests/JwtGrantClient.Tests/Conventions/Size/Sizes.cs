using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Size;

/// <summary>The limits for the length of files and methods.</summary>
internal static class Sizes
{
    public static IEnumerable<string> LongFiles(IEnumerable<SourceFile> files, int limit) =>
        files.Where(file => file.Lines > limit).Select(Described);

    public static IEnumerable<string> LongMethods(IEnumerable<SourceFile> files, int limit) =>
        from file in files
        from node in file.Syntax.GetRoot().DescendantNodes()
        let name = NameOf(node)
        where name is not null
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > limit
        select $"{file.At(node.GetLocation())} {name} has {lines} lines";

    private static string Described(SourceFile file) => $"{file.Path} has {file.Lines} lines";

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        BaseMethodDeclarationSyntax => "an operator or finalizer",
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        IndexerDeclarationSyntax => "an indexer",
        _ => null,
    };
}
