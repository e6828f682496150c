using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>Validates the options for the options framework: when a host starts, and without a host at the first use of the client.</summary>
internal sealed class JwtGrantOptionsValidator(IEnumerable<DependencyRegistration> registrations, IServiceProvider services) : IValidateOptions<JwtGrantOptions>
{
    public ValidateOptionsResult Validate(string? name, JwtGrantOptions options)
    {
        var problems = OptionsChecks.Find(options, ClientDependencies.Create(name, registrations, services), name ?? "").ToList();
        return problems.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(problem => AddClientName(name, problem)));
    }

    private static string AddClientName(string? name, string problem) =>
        string.IsNullOrEmpty(name) ? $"JwtGrantClient: {problem}" : $"JwtGrantClient '{name}': {problem}";
}
