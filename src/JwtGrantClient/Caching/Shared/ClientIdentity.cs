namespace JwtGrantClient.Caching;

/// <summary>
/// The settings of a client that determine which tokens it gets. They are part of the key in a shared store, so that two clients share a token only if
/// the server would issue the same token to both. The signing key is not part of it, so that a rotation does not lose tokens.
/// </summary>
internal sealed record ClientIdentity
{
    /// <summary>Gets the client's name. It distinguishes clients whose assertions come from code.</summary>
    public required string Name { get; init; }

    public string? Issuer { get; init; }

    public string? TokenEndpoint { get; init; }

    public string? ClientId { get; init; }

    public string? Grant { get; init; }

    public string? Authentication { get; init; }

    /// <summary>Gets issuer, subject, audience and claims of the grant assertion, or its origin.</summary>
    public IReadOnlyList<string?> Assertion { get; init; } = [];

    /// <summary>Gets scope, resources and parameters for requests that do not set them.</summary>
    public TokenRequest Defaults { get; init; } = TokenRequest.Default;

    /// <summary>
    /// Gets the thumbprint of the key that tokens are bound to: a DPoP key (RFC 9449 section 6.1) or a certificate (RFC 8705 section 3.1); null if they are
    /// not bound. It is read each time, because a certificate is replaced in a running process.
    /// </summary>
    public Func<string?> BindingThumbprint { get; init; } = () => null;

    /// <summary>Gets whether tokens are bound to a key. If its thumbprint is unknown, they are not shared.</summary>
    public bool IsBound { get; init; }
}
