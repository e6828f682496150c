using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>
/// Resolves every type that the code uses to the file that declares it, and reports each use of a type in a later layer. Names in comments are not checked,
/// because documentation may refer to later layers.
/// </summary>
internal sealed class BackReferences(IReadOnlyList<SourceFile> files)
{
    // The "not found" errors. Source generators do not run here, so errors such as CS8795 (a partial member without a body) are expected.
    private static readonly string[] Unresolved = ["CS0234", "CS0246", "CS0400"];

    private readonly CSharpCompilation _compilation =
        Roslyn.Compile("JwtGrantClient", [Roslyn.ImplicitUsings, .. files.Select(file => file.Syntax)]);

    public IEnumerable<string> Find() => files.SelectMany(FindIn).Distinct();

    /// <summary>Returns the types that Roslyn cannot resolve. If there are any, <see cref="Find"/> may miss a use.</summary>
    public IEnumerable<string> FindUnresolved() => _compilation.GetDiagnostics()
        .Where(diagnostic => Unresolved.Contains(diagnostic.Id))
        .Select(diagnostic => diagnostic.ToString());

    private IEnumerable<string> FindIn(SourceFile file)
    {
        var user = Layers.Of(file.Path);
        var model = _compilation.GetSemanticModel(file.Syntax);
        return
            from node in file.Syntax.GetRoot().DescendantNodes()
            where node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax
            let type = UsedType(model, node)
            where type is not null
            from declaration in type.DeclaringSyntaxReferences
            let used = Layers.Of(declaration.SyntaxTree.FilePath)
            where !Layers.MayUse(user, used)
            select $"{file.At(node.GetLocation())} uses {type.Name} of {Layers.DisplayName(used)}";
    }

    private static INamedTypeSymbol? UsedType(SemanticModel model, SyntaxNode node)
    {
        var info = model.GetSymbolInfo(node);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;

        // An extension member belongs to an unnamed type inside its static class. The outermost type is the one that has a file.
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }
}
