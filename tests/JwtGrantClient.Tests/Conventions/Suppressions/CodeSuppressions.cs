using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Suppressions;

/// <summary>Warnings that C# code disables. Each states its reason.</summary>
internal static class CodeSuppressions
{
    public static IEnumerable<string> WithoutReason(IEnumerable<SourceFile> files) =>
        from file in files
        let pragmas = Pragmas(file).Where(pragma => !HasComment(file, pragma))
        let attributes = Attributes(file).Where(attribute => !HasJustification(attribute))
        from suppression in pragmas.Concat<SyntaxNode>(attributes)
        select $"{file.At(suppression.GetLocation())} {suppression.ToString().Trim()}";

    public static IEnumerable<string> FilesThatDisable(IEnumerable<SourceFile> files, string id) =>
        from file in files
        where Pragmas(file).Any(pragma => pragma.ErrorCodes.Count == 0 || pragma.ErrorCodes.Any(code => code.ToString() == id))
            || Attributes(file).Any(attribute => attribute.ToString().Contains(id, StringComparison.Ordinal))
        select file.Path;

    private static IEnumerable<PragmaWarningDirectiveTriviaSyntax> Pragmas(SourceFile file) =>
        file.Syntax.GetRoot().DescendantNodes(descendIntoTrivia: true)
            .OfType<PragmaWarningDirectiveTriviaSyntax>()
            .Where(pragma => pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword));

    private static IEnumerable<AttributeSyntax> Attributes(SourceFile file) =>
        file.Syntax.GetRoot().DescendantNodes()
            .OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString().Contains("SuppressMessage", StringComparison.Ordinal));

    private static bool HasComment(SourceFile file, PragmaWarningDirectiveTriviaSyntax pragma)
    {
        var lines = file.Syntax.GetText().Lines;
        var line = lines.GetLineFromPosition(pragma.SpanStart).LineNumber;
        return lines[line].ToString().Contains("//", StringComparison.Ordinal)
            || (line > 0 && lines[line - 1].ToString().TrimStart().StartsWith("//", StringComparison.Ordinal));
    }

    private static bool HasJustification(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.Any(argument =>
            argument.NameEquals?.Name.Identifier.Text is "Justification"
            && argument.Expression.ToString().Trim('"', ' ').Length > 0) == true;
}
