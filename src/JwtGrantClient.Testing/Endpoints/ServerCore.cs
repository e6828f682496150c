using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Composes the server without its transport: the stores, the validators and the endpoints.</summary>
internal sealed class ServerCore
{
    public ServerCore(ServerSettings settings)
    {
        Settings = settings;
        Codes = new(settings);
        Tokens = new(settings);
        (Nonces, ResourceNonces) = (new(settings.Options.RequireDPoPNonce), new(settings.Options.RequireResourceDPoPNonce));
        DPoPTokens = new(settings, Tokens, ResourceNonces);
        var assertions = new AssertionValidator(settings, Registry, new ReplayStore(settings.Options.TimeProvider, settings.Options.ClockSkew));
        var authenticator = new ClientAuthenticator(
            settings.Options,
            assertions,
            new JwtClientSecretValidator(settings, Registry),
            new SpiffeAssertionValidator(settings, Registry),
            Registry);
        SamlAssertions = new(settings);
        Registry.TrustOwn(new() { Issuer = settings.Issuer, Jwks = Jwks });
        // Each grant type has one entry: its name and the method that validates it.
        var grants = new Dictionary<string, Func<GrantRequest, GrantResult>>(StringComparer.Ordinal)
        {
            [JwtBearerGrant.Type] = new JwtBearerGrant(assertions, authenticator).Validate,
            [SamlBearerGrant.Type] = new SamlBearerGrant(SamlAssertions, authenticator).Validate,
            [ClientCredentialsGrant.Type] = ClientCredentialsGrant.Validate,
            [AuthorizationCodeGrant.Type] = Codes.Validate,
            [RefreshTokenGrant.Type] = new RefreshTokenGrant(RefreshTokens, FapiRules.RotatesRefreshTokens(settings.Options)).Validate,
            [TokenExchangeGrant.Type] = new TokenExchangeGrant(new PresentedTokenValidator(Tokens, RefreshTokens, assertions, SamlAssertions)).Validate,
        };
        GrantTypes = grants.Keys;
        var responses = new TokenResponseFactory(settings, Tokens, RefreshTokens);
        Router = new(
            settings,
            new TokenEndpoint(settings, responses, authenticator, new TokenEndpointProofs(settings, Nonces), grants),
            new RevocationEndpoint(authenticator, Tokens, RefreshTokens),
            new Metadata(settings, grants.Keys));
    }

    public ServerSettings Settings { get; }

    public string Jwks { get; } = TokenIssuer.CreateKeySet().ToJsonString();

    public IReadOnlyCollection<string> GrantTypes { get; }

    public AssertionIssuerRegistry Registry { get; } = new();

    public SamlAssertionValidator SamlAssertions { get; }

    public AuthorizationCodeGrant Codes { get; }

    public TokenIssuer Tokens { get; }

    public RefreshTokenStore RefreshTokens { get; } = new();

    public NonceStore Nonces { get; }

    public NonceStore ResourceNonces { get; }

    public DPoPTokenValidator DPoPTokens { get; }

    public Router Router { get; }
}
