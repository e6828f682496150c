using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.TokenExchange;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>The fields of a token request.</summary>
internal sealed record TokenForm(IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string? this[string name]
    {
        get
        {
            for (var i = 0; i < Fields.Count; i++)
                if (Fields[i].Key == name)
                    return Fields[i].Value;
            return null;
        }
    }

    public IReadOnlyList<string> Resources => GetAll("resource");

    /// <summary>The target names of a token exchange. Other grants have no <c>audience</c> field, so it is ignored there.</summary>
    public IReadOnlyList<string> Audiences => IsExchange ? GetAll("audience") : [];

    /// <summary>
    /// Returns whether a field may occur more than once: <c>resource</c> (RFC 8707 section 2), and <c>audience</c> in a token exchange
    /// (RFC 8693 section 2.1).
    /// </summary>
    public bool MayRepeat(string name) => MayRepeat(name, IsExchange);

    /// <inheritdoc cref="MayRepeat(string)"/>
    public static bool MayRepeat(string name, bool isExchange) => name == "resource" || (name == "audience" && isExchange);

    /// <exception cref="RefusedException">The field is missing.</exception>
    public string GetRequired(string name) => this[name]
        ?? throw RefusedException.InvalidRequest("S01", "RFC 6749 section 5.2", $"The required field '{name}' is missing.");

    private bool IsExchange => this["grant_type"] == TokenExchangeGrant.Type;

    private IReadOnlyList<string> GetAll(string name) =>
        this[name] is null ? [] : [.. Fields.Where(field => field.Key == name).Select(field => field.Value)];
}
