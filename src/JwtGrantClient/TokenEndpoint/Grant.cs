using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// What is exchanged for a token (RFC 6749 section 1.3): a closed set of values that write form fields. Independent of how the client
/// authenticates, so any grant goes with any client authentication (RFC 7521 section 4).
/// </summary>
public abstract class Grant
{
    private protected Grant()
    {
    }

    /// <summary>
    /// Whether the same grant may be sent again after a failure that leaves open whether the server saw it. A grant that was used up is
    /// sent again only where no connection was ever made.
    /// </summary>
    internal abstract bool MayBeRepeated { get; }

    /// <summary>Writes the grant's fields. Called once for each wire attempt, so what must be fresh is made here.</summary>
    internal abstract ValueTask WriteAsync(TokenForm form, Attempt attempt, CancellationToken cancellationToken);

    /// <summary>An authorization code from a user's login (RFC 6749 section 4.1.3). It is single-use.</summary>
    /// <param name="code">The code from the redirect.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request, byte for byte; null where that had none.</param>
    /// <param name="codeVerifier">The PKCE verifier (RFC 7636 section 4.5); null where the authorization request had no challenge.</param>
    /// <exception cref="ArgumentException">The code is empty.</exception>
    public static Grant AuthorizationCode(string code, string? redirectUri = null, string? codeVerifier = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        return new AuthorizationCodeGrant(code, redirectUri, codeVerifier);
    }
}
