using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>
/// Compiles the C# blocks of a document, each as its own program with the implicit usings of the Web and Worker templates. Code that a block needs
/// and that readers need not see is in a comment directly above the block: <c>&lt;!-- given: code --&gt;</c>, on one line or several, adds the code,
/// and <c>&lt;!-- continues --&gt;</c> adds the previous C# block with its own context. Blocks that show a file (<see cref="FileSamples"/>) are compiled with
/// its project.
/// </summary>
internal sealed class SampleCode(IEnumerable<FencedBlock> blocks)
{
    private const string Given = "given:";

    private readonly FencedBlock[] _blocks = [.. blocks.Where(block => block.Language is "csharp" or "cs" or "c#" && FileSamples.FileOf(block) is null)];

    public IReadOnlyList<FencedBlock> Blocks => _blocks;

    public IEnumerable<string> FindErrors() => Enumerable.Range(0, _blocks.Length).SelectMany(FindErrorsIn);

    private IEnumerable<string> FindErrorsIn(int index)
    {
        var block = _blocks[index];
        var program = CSharpSyntaxTree.ParseText(CreateProgram(index), Roslyn.Parsing, block.Path);
        var kind = program.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any()
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;

        return
            from diagnostic in Roslyn.Compile("Sample", [Roslyn.TemplateImplicitUsings, program], kind).GetDiagnostics()
            where diagnostic.Severity == DiagnosticSeverity.Error
            let line = diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1
            select $"{block.Path}:{line} (block at {block.Line}) {diagnostic.Id}: {diagnostic.GetMessage(null)}";
    }

    /// <summary>C# requires usings, then statements, then types: the parts are in this order, and #line keeps the line of each.</summary>
    private string CreateProgram(int index)
    {
        var parts = GetParts(index)
            .Select(part => (part.Line, Code: SyntaxFactory.ParseCompilationUnit(part.Text, options: Roslyn.Parsing)))
            .ToArray();
        var program = new StringBuilder();
        Append(code => code.Usings);
        Append(code => code.Members.Where(member => member is GlobalStatementSyntax));
        Append(code => code.Members.Where(member => member is not GlobalStatementSyntax));
        return program.ToString();

        void Append(Func<CompilationUnitSyntax, IEnumerable<SyntaxNode>> chosen)
        {
            foreach (var (line, code) in parts)
            {
                foreach (var node in chosen(code))
                {
                    var above = code.GetText().Lines.GetLinePosition(node.FullSpan.Start).Line;
                    program.Append($"\n#line {line + above} \"{_blocks[index].Path}\"\n").Append(node.ToFullString());
                }
            }
        }
    }

    private IEnumerable<(int Line, string Text)> GetParts(int index)
    {
        var (block, above) = (_blocks[index], _blocks[index].Above);
        var instruction = above?.Text.TrimStart(' ') ?? "";
        IEnumerable<(int, string)> context =
            instruction.TrimEnd() is "continues" && index > 0 ? GetParts(index - 1)
            : instruction.StartsWith(Given, StringComparison.Ordinal) ? [(above!.Line, instruction[Given.Length..])]
            : [];

        return [.. context, (block.Line, block.Text)];
    }
}
