using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>
/// Resolves every type that the code uses to the file that declares it and tells the uses that go against the flow. Names in
/// comments are free: documentation may point forward.
/// </summary>
internal sealed class BackReferences(IReadOnlyList<SourceFile> files)
{
    // "Not found" errors. Source generators are not run here, so partial members without a body (CS8795) and their kin are expected.
    private static readonly string[] Unresolved = ["CS0234", "CS0246", "CS0400"];

    private readonly CSharpCompilation _compilation =
        Roslyn.Compile("JwtGrantClient", [Roslyn.ImplicitUsings, .. files.Select(file => file.Syntax)]);

    public IEnumerable<string> Find() => files.SelectMany(In).Distinct();

    /// <summary>Types that Roslyn could not find: while there are any, <see cref="Find"/> may miss a use.</summary>
    public IEnumerable<string> FindUnresolved() => _compilation.GetDiagnostics()
        .Where(diagnostic => Unresolved.Contains(diagnostic.Id))
        .Select(diagnostic => diagnostic.ToString());

    private IEnumerable<string> In(SourceFile file)
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
            select $"{file.At(node.GetLocation())} uses {type.Name} of {Layers.Named(used)}";
    }

    private static INamedTypeSymbol? UsedType(SemanticModel model, SyntaxNode node)
    {
        var found = model.GetSymbolInfo(node);
        var symbol = found.Symbol ?? found.CandidateSymbols.FirstOrDefault();
        var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;

        // An extension member belongs to a nameless type inside its static class: the outermost type is the one with a file of its own.
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }
}
