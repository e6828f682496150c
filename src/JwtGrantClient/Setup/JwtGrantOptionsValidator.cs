using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>Runs the checks where the options framework asks for them: at start-up with a host, else at first use.</summary>
internal sealed class JwtGrantOptionsValidator(IEnumerable<ClientPart> parts) : IValidateOptions<JwtGrantOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtGrantOptions options)
    {
        var problems = OptionsChecks.Find(options, ClientParts.Of(name, parts).Given).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => Introduce(name, problem)));
    }

    private static string Introduce(string? name, string problem) =>
        string.IsNullOrEmpty(name) ? $"JwtGrantClient: {problem}" : $"JwtGrantClient '{name}': {problem}";
}
