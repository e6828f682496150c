using System.Diagnostics;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Exchanges an extension grant (RFC 6749 section 4.5). Whether the server accepts it twice is unknown, so it is single-use.
/// </summary>
internal sealed class CustomGrant : Grant
{
    // These fields determine the client.
    private static readonly string[] ReservedFields =
        ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly KeyValuePair<string, string>[] _fields;
    private readonly TokenRequest _request;

    public CustomGrant(string type, KeyValuePair<string, string>[] fields, TokenRequest request)
    {
        if (Array.Find(fields, field => string.IsNullOrEmpty(field.Key) || ReservedFields.Contains(field.Key)) is { Key: var name } && name is not null)
            throw new ArgumentException(
                name.Length == 0 ? "A field has an empty name." : $"The field '{name}' cannot be part of a grant. The client's settings determine it.",
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
