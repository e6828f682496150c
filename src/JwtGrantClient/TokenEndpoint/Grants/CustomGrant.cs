using System.Diagnostics;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// An extension grant (RFC 6749 section 4.5). What the server does with a second sight of it is unknown, so it counts as single-use.
/// </summary>
internal sealed class CustomGrant : Grant
{
    // Whoever wrote these could change who asks.
    private static readonly string[] NotTheGrants =
        ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly KeyValuePair<string, string>[] _fields;
    private readonly TokenRequest _request;

    public CustomGrant(string type, KeyValuePair<string, string>[] fields, TokenRequest request)
    {
        if (Array.Find(fields, field => string.IsNullOrEmpty(field.Key) || NotTheGrants.Contains(field.Key)) is { Key: var name } && name is not null)
            throw new ArgumentException(
                name.Length == 0 ? "A field has an empty name." : $"The field '{name}' is not the grant's to write; the client's " +
                    "settings stand for it.",
                nameof(fields));
        (Type, _fields, _request) = (type, fields, request);
    }

    internal override string Type { get; }

    internal override bool MayBeRepeated => false;

    internal override ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in _fields)
            form.Add(name, value);
        form.AddRequest(_request);
        return default;
    }
}
