using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Setup;

/// <summary>From configuration to options. What does not convert becomes a problem among the others, in place of an exception of its own.</summary>
internal static class OptionsBinding
{
    public static void Bind(IConfiguration section, JwtGrantOptions options)
    {
        try
        {
            section.Bind(options);
            BindClaims(section.GetSection("Assertion:Claims"), options.Assertion.Claims);
        }
        catch (InvalidOperationException e)
        {
            var cause = e.InnerException is { } inner ? $" {inner.Message}" : "";
            options.BindingProblems.Add($"{e.Message}{cause} Correct the value in the configuration.");
        }
    }

    // The binder keeps strings only; a claim may also be an array of them.
    private static void BindClaims(IConfigurationSection section, IDictionary<string, object> claims)
    {
        foreach (var claim in section.GetChildren())
            if (claim.Value is null && claim.GetChildren().ToList() is { Count: > 0 } items)
                claims[claim.Key] = items.Select(item => item.Value ?? throw new InvalidOperationException(
                    $"The claim at '{item.Path}' is nested; configuration can give strings and arrays of strings, other claims come by code.")).ToArray();
    }
}
