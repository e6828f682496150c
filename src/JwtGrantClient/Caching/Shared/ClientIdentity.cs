using JwtGrantClient.Assertions;

namespace JwtGrantClient.Caching;

/// <summary>
/// What determines which tokens a client gets. It is part of the key in a shared store, so that two clients share a token only if the server would
/// issue the same token to both. Keys and secrets are not part of it, so that a rotation does not lose tokens.
/// </summary>
internal sealed record ClientIdentity
{
    /// <summary>Gets the client's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets <see cref="CacheOptions.SharingName"/>, which names the identity of assertions that come from code.</summary>
    public string? SharingName { get; init; }

    /// <summary>Gets the settings that determine the token, each at its own position; a list comes last.</summary>
    public IReadOnlyList<string?> Settings { get; init; } = [];

    /// <summary>Gets scope, resources and parameters for requests that do not set them.</summary>
    public TokenRequest Defaults { get; init; } = TokenRequest.Default;

    /// <summary>Gets the identities of the clients whose tokens the client sends, in a fixed order.</summary>
    public IReadOnlyList<ClientIdentity> Inputs { get; init; } = [];

    /// <summary>
    /// Gets the function that reads whose tokens the token files contain, also those of <see cref="Inputs"/>; its result is null if that is not known, and then nothing is shared. It is
    /// called for each acquisition, because a file may be replaced by the token of another identity.
    /// </summary>
    public Func<CancellationToken, ValueTask<TokenOwner?>> ReadTokenFilesAsync { get; init; } = static _ => new(NoTokenFiles);

    private static TokenOwner NoTokenFiles { get; } = new([], 0);

    /// <summary>
    /// Gets the thumbprint of the key that tokens are bound to: a DPoP key (RFC 9449 section 6.1) or a certificate (RFC 8705 section 3.1); null if they are
    /// not bound. It is read each time, because a certificate is replaced in a running process.
    /// </summary>
    public Func<string?> BindingThumbprint { get; init; } = () => null;

    /// <summary>Gets whether tokens are bound to a key. If its thumbprint is unknown, they are not shared.</summary>
    public bool IsBound { get; init; }
}
