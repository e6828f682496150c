using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>Runs the checks where the options framework asks for them: at start-up with a host, else at first use.</summary>
internal sealed class JwtGrantOptionsValidator(IEnumerable<ClientRegistration> registrations, IServiceProvider services) : IValidateOptions<JwtGrantOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtGrantOptions options)
    {
        var problems = OptionsChecks.Find(options, ClientDependencies.For(name, registrations, services)).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => Introduce(name, problem)));
    }

    private static string Introduce(string? name, string problem) =>
        string.IsNullOrEmpty(name) ? $"JwtGrantClient: {problem}" : $"JwtGrantClient '{name}': {problem}";
}
