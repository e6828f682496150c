using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// What a grant is judged by: the form, the client where it proved itself, and the client that it names where that is a public one.
/// </summary>
internal sealed record GrantRequest(TokenForm Form, ClientRegistration? AuthenticatedClient, ClientRegistration? PublicClient = null)
{
    /// <summary>The DPoP proof that came with it; null for none.</summary>
    public DPoPProof? Proof { get; init; }

    /// <summary>What must be right before a code or a refresh token is used up.</summary>
    public Action BeforeUse { get; init; } = () => { };

    /// <summary>The client of a grant that is for one client only.</summary>
    public ClientRegistration DemandClient(string grantType, string clause) => AuthenticatedClient ?? PublicClient
        ?? throw RefusedException.Client("S17", clause, $"The grant {grantType} needs client authentication, and there is none.");
}

/// <summary>What a good grant entitles to.</summary>
internal sealed record GrantResult(ClientRegistration? Client, string ClientId, string Subject, string? Scope)
{
    /// <summary>What the tokens fall with.</summary>
    public TokenFamily Family { get; init; } = new();

    /// <summary>Who acts for the subject (RFC 8693 section 4.1); null for nobody.</summary>
    public string? Actor { get; init; }

    /// <summary>The type to issue, which the answer then names (RFC 8693 section 2.2.1); null for a plain access token.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>What a refresh token would stand for; null where the grant gives none.</summary>
    public RefreshTokenEntry? Renewal { get; init; }
}
