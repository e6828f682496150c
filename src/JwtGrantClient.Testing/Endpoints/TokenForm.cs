using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>The fields of a token request.</summary>
internal sealed record TokenForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string? this[string name] => Fields.FirstOrDefault(field => field.Key == name).Value;

    public IReadOnlyList<string> Resources => [.. Fields.Where(pair => pair.Key == "resource").Select(pair => pair.Value)];

    /// <exception cref="RefusedException">The field is missing.</exception>
    public string Required(string name) => this[name]
        ?? throw RefusedException.Request("S01", "RFC 6749 section 5.2", $"The field '{name}' is missing; this grant needs it.");
}
