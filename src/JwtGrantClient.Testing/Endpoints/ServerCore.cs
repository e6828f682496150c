using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Everything behind the socket, put together: what the server remembers, and the judges over it.</summary>
internal sealed class ServerCore
{
    public ServerCore(ServerSettings terms)
    {
        Terms = terms;
        Codes = new(terms);
        Tokens = new(terms);
        (Nonces, ResourceNonces) = (new(terms.Options.RequireDPoPNonce), new(terms.Options.RequireResourceDPoPNonce));
        Resources = new(terms, Tokens, ResourceNonces);
        var judge = new AssertionValidator(terms, Parties, new ReplayStore(terms.Options.TimeProvider, terms.Options.ClockSkew));
        var authenticator = new ClientAuthenticator(
            terms.Options, judge, new ClientSecretValidator(terms, Parties), new SpiffeAssertionValidator(terms, Parties), Parties);
        SamlAssertions = new(terms);
        // A grant is one line here: its type, and the judge that says what it entitles to.
        var grants = new Dictionary<string, Func<GrantRequest, GrantResult>>(StringComparer.Ordinal)
        {
            [JwtBearerGrant.Type] = new JwtBearerGrant(judge, authenticator).Judge,
            [SamlBearerGrant.Type] = new SamlBearerGrant(SamlAssertions, authenticator).Judge,
            [ClientCredentialsGrant.Type] = ClientCredentialsGrant.Judge,
            [AuthorizationCodeGrant.Type] = Codes.Judge,
            [RefreshTokenGrant.Type] = new RefreshTokenGrant(RefreshTokens, terms.Options.IssueRefreshTokens).Judge,
            [TokenExchangeGrant.Type] = new TokenExchangeGrant(new PresentedTokenValidator(Tokens, judge)).Judge,
        };
        var counter = new TokenResponseFactory(terms, Tokens, RefreshTokens);
        Router = new(
            terms,
            new TokenEndpoint(terms, counter, authenticator, new TokenEndpointProofs(terms, Nonces), grants),
            new RevocationEndpoint(authenticator, Tokens, RefreshTokens),
            new Metadata(terms, grants.Keys));
    }

    public ServerSettings Terms { get; }

    public AssertionIssuerRegistry Parties { get; } = new();

    public SamlAssertionValidator SamlAssertions { get; }

    public AuthorizationCodeGrant Codes { get; }

    public TokenIssuer Tokens { get; }

    public RefreshTokens RefreshTokens { get; } = new();

    public NonceStore Nonces { get; }

    public NonceStore ResourceNonces { get; }

    public ResourceProofs Resources { get; }

    public Router Router { get; }
}
