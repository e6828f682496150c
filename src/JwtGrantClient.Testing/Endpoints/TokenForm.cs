using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.TokenExchange;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>The fields of a token request.</summary>
internal sealed record TokenForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string? this[string name] => Fields.FirstOrDefault(field => field.Key == name).Value;

    public IReadOnlyList<string> Resources => All("resource");

    /// <summary>Names of targets, which only a token exchange has; elsewhere the field is one that is not known.</summary>
    public IReadOnlyList<string> Audiences => IsExchange ? All("audience") : [];

    /// <summary>RFC 8707 section 2 repeats resource, RFC 8693 section 2.1 audience too.</summary>
    public bool MayRepeat(string name) => name == "resource" || (name == "audience" && IsExchange);

    /// <exception cref="RefusedException">The field is missing.</exception>
    public string Required(string name) => this[name]
        ?? throw RefusedException.Request("S01", "RFC 6749 section 5.2", $"The field '{name}' is missing; this grant needs it.");

    private bool IsExchange => this["grant_type"] == TokenExchangeGrant.Type;

    private IReadOnlyList<string> All(string name) => [.. Fields.Where(field => field.Key == name).Select(field => field.Value)];
}
