using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JwtGrantClient.Tests.Conventions.Readme;

/// <summary>
/// Compiles the C# blocks of a document, each as a program of its own with the implicit usings of the Web and Worker templates.
/// What a block needs and the reader should not have to read stands in a comment directly above it:
/// <c>&lt;!-- given: code --&gt;</c> goes before the block, over as many lines as it takes, and <c>&lt;!-- continues --&gt;</c>
/// puts the C# block before it there, with that block's own context.
/// </summary>
internal sealed class ReadmeCode(IEnumerable<FencedBlock> blocks)
{
    private const string Given = "given:";

    private readonly FencedBlock[] _blocks = [.. blocks.Where(block => block.Language is "csharp" or "cs" or "c#")];

    public IReadOnlyList<FencedBlock> Blocks => _blocks;

    public IEnumerable<string> Errors() => Enumerable.Range(0, _blocks.Length).SelectMany(ErrorsIn);

    private IEnumerable<string> ErrorsIn(int index)
    {
        var block = _blocks[index];
        var program = CSharpSyntaxTree.ParseText(Program(index), Roslyn.Parsing, block.Path);
        var kind = program.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any()
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;

        return
            from diagnostic in Roslyn.Compile("Readme", [Roslyn.TemplateImplicitUsings, program], kind).GetDiagnostics()
            where diagnostic.Severity == DiagnosticSeverity.Error
            let line = diagnostic.Location.GetMappedLineSpan().StartLinePosition.Line + 1
            select $"{block.Path}:{line} (block at {block.Line}) {diagnostic.Id}: {diagnostic.GetMessage(null)}";
    }

    /// <summary>C# wants usings, then statements, then types: the parts are sorted so, and #line keeps each at its own line.</summary>
    private string Program(int index)
    {
        var parts = Parts(index)
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

    private IEnumerable<(int Line, string Text)> Parts(int index)
    {
        var (block, above) = (_blocks[index], _blocks[index].Above);
        var instruction = above?.Text.TrimStart(' ') ?? "";
        IEnumerable<(int, string)> context =
            instruction.TrimEnd() is "continues" && index > 0 ? Parts(index - 1)
            : instruction.StartsWith(Given, StringComparison.Ordinal) ? [(above!.Line, instruction[Given.Length..])]
            : [];

        return [.. context, (block.Line, block.Text)];
    }
}
