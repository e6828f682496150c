namespace JwtGrantClient.Caching;

/// <summary>
/// What of a client's settings decides which tokens it gets: part of the key in a shared store, so that two clients share a token only
/// where the server would give both the same. The signing key is no part of it: a rotation keeps the tokens.
/// </summary>
internal sealed record ClientIdentity
{
    /// <summary>The client's name, for what no setting tells: assertions made by code.</summary>
    public required string Name { get; init; }

    public string? Issuer { get; init; }

    public string? TokenEndpoint { get; init; }

    public string? ClientId { get; init; }

    public string? Grant { get; init; }

    public string? Authentication { get; init; }

    /// <summary>Issuer, subject, audience and claims of the grant assertion, or the place that it comes from.</summary>
    public IReadOnlyList<string?> Assertion { get; init; } = [];

    /// <summary>Scope, resources and parameters that go where a request names none.</summary>
    public TokenRequest Defaults { get; init; } = TokenRequest.Default;

    /// <summary>
    /// The key that tokens are bound to: a DPoP key's thumbprint (RFC 9449 section 6.1) or a certificate's (RFC 8705 section 3.1); null
    /// where they are bound to none. Read each time, because a certificate is replaced in a running process.
    /// </summary>
    public Func<string?> BindingThumbprint { get; init; } = () => null;

    /// <summary>Whether tokens are bound to a key. Without its thumbprint they are not shared then.</summary>
    public bool IsBound { get; init; }
}
