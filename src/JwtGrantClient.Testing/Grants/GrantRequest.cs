using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// The input of a grant: the form, the authenticated client, and the public client that <c>client_id</c> names. Both clients may be null.
/// </summary>
internal sealed record GrantRequest(TokenForm Form, ClientRegistration? AuthenticatedClient, ClientRegistration? PublicClient = null)
{
    /// <summary>The record of the request.</summary>
    public RecordedRequest? Record { get; init; }

    /// <summary>The DPoP proof of the request; null for none.</summary>
    public DPoPProof? Proof { get; init; }

    /// <summary>Validates proofs.</summary>
    public required TokenEndpointProofs Proofs { get; init; }

    /// <summary>Checks the nonce of the proof, before a request for a code can use up the code.</summary>
    public void CheckNonce() => Proofs.CheckNonce(Proof);

    /// <summary>Returns the client, for a grant that belongs to one client.</summary>
    /// <exception cref="RefusedException">The request has neither client authentication nor a public client.</exception>
    public ClientRegistration RequireClient(string grantType, string clause) => AuthenticatedClient ?? PublicClient
        ?? throw RefusedException.InvalidClient(
            "S17", clause, $"The grant {grantType} requires client authentication, and the request has none.");
}

/// <summary>The result of a valid grant: the client, the subject and the scope of the tokens to issue.</summary>
internal sealed record GrantResult(ClientRegistration? Client, string ClientId, string Subject, string? Scope)
{
    /// <summary>The tokens that are revoked together.</summary>
    public TokenFamily Family { get; init; } = new();

    /// <summary>
    /// Uses up the code or the refresh token of the request, immediately before the tokens are issued; null if the grant has none that is single-use. It
    /// is atomic: of two requests one succeeds, and the other throws a <see cref="RefusedException"/>.
    /// </summary>
    public Action? UseUp { get; init; }

    /// <summary>The party that acts for the subject (RFC 8693 section 4.1); null for none.</summary>
    public string? Actor { get; init; }

    /// <summary>The type of the token to issue, which the response then names (RFC 8693 section 2.2.1); null for an access token.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>The audience of the token to issue; null for the resources and audiences of the form, or else the issuer.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>The claim <c>resource</c> of an ID-JAG to issue; empty for none.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The content of the refresh token to issue; null if the grant issues none.</summary>
    public RefreshTokenDescriptor? RefreshToken { get; init; }
}
