using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// An identity provider and the authorization server of a partner, both strict and in memory, and an application that is another client, with another key, at
/// each of them: 'idp' obtains ID-JAGs, which 'partner' sends.
/// </summary>
internal sealed class TwoDomains : IAsyncDisposable
{
    public const string IdAtIdp = "orders", IdAtPartner = "orders-at-partner", Files = "https://files.example.com";

    private static readonly ECDsa PartnerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly ServiceCollection _services = new();
    private readonly Lazy<ServiceProvider> _provider;
    private int _idpRequests, _partnerRequests;

    /// <param name="time">The clock of all parties; null for the system clock.</param>
    /// <param name="requireNonce">Whether both servers require DPoP nonces.</param>
    /// <param name="idAtPartner">The id of the client at the partner, as the identity provider knows it.</param>
    public TwoDomains(TimeProvider? time = null, bool requireNonce = false, string idAtPartner = IdAtPartner)
    {
        _provider = new(() => _services.BuildServiceProvider());
        Idp = Start("https://idp.example.com", () => Interlocked.Increment(ref _idpRequests));
        Partner = Start("https://partner.example.com", () => Interlocked.Increment(ref _partnerRequests));
        Idp.RegisterClient(new()
        {
            Id = IdAtIdp, PublicKeyPem = TestData.RsaPublicPem, ClientSecret = "secret at idp",
            IdJagAudiences = new Dictionary<string, string> { [Partner.Issuer] = idAtPartner, ["https://other.example.com"] = idAtPartner },
        });
        Partner.RegisterClient(new() { Id = IdAtPartner, PublicKeyPem = PartnerKey.ExportSubjectPublicKeyInfoPem(), ClientSecret = "secret at partner" });
        Partner.TrustIssuer(new() { Issuer = Idp.Issuer, Jwks = Idp.Jwks, RequireIdJag = true });
        if (time is not null)
            _services.AddSingleton(time);
        Add("idp", Idp, options =>
        {
            (options.ClientId, options.Grant, options.SigningKey.Text) = (IdAtIdp, GrantType.TokenExchange, TestData.RsaPrivatePem);
            (options.TokenExchange.SubjectTokenFromRequest, options.TokenExchange.RequestedTokenType) = (true, TokenTypes.IdJag);
            options.TokenExchange.Audience = [Partner.Issuer];
        });
        Add("partner", Partner, options =>
        {
            (options.ClientId, options.Grant, options.Assertion.From) = (IdAtPartner, GrantType.JwtBearer, "idp");
            options.SigningKey.Text = PartnerKey.ExportPkcs8PrivateKeyPem();
        });

        StrictAuthorizationServer Start(string issuer, Action onTokenRequest) => StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = issuer, RequireDPoPNonce = requireNonce, TimeProvider = time ?? TimeProvider.System,
            OnRequest = request =>
            {
                if (request.Method == "POST")
                    onTokenRequest();
            },
        });
    }

    public StrictAuthorizationServer Idp { get; }

    public StrictAuthorizationServer Partner { get; }

    /// <summary>The numbers of token requests to both servers.</summary>
    public (int Idp, int Partner) Requests => (_idpRequests, _partnerRequests);

    public RecordedRequest LastAtIdp => Idp.Requests.Last(request => request.Method == "POST");

    public RecordedRequest LastAtPartner => Partner.Requests.Last(request => request.Method == "POST");

    /// <summary>Changes the settings of a client, before the first token is requested.</summary>
    public TwoDomains Configure(string client, Action<JwtGrantOptions> configure)
    {
        _services.Configure(client, configure);
        return this;
    }

    /// <summary>Creates a token request with an ID token of the user.</summary>
    public TokenRequest For(string user, string? scope = null, params IReadOnlyList<string> resources) => new()
    {
        Subject = user, SubjectToken = new(Idp.IssueIdToken(IdAtIdp, user), TokenTypes.IdToken), Scope = scope, Resource = resources,
    };

    public Task<AccessToken> GetAsync(TokenRequest request) => _provider.Value
        .GetRequiredKeyedService<ITokenSource>("partner").GetTokenAsync(request, TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected) =>
        _provider.Value.GetRequiredKeyedService<ITokenSource>("partner").InvalidateAsync(request, rejected, TestContext.Current.CancellationToken);

    public Task<JwtGrantException> FailAsync(TokenRequest request) => Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(request));

    public async ValueTask DisposeAsync()
    {
        if (_provider.IsValueCreated)
            await _provider.Value.DisposeAsync();
        await Idp.DisposeAsync();
        await Partner.DisposeAsync();
    }

    private void Add(string name, StrictAuthorizationServer server, Action<JwtGrantOptions> configure) => _services.AddJwtGrantClient(name, options =>
    {
        (options.Issuer, options.ClientAuthentication) = (server.Issuer, ClientAuthenticationMethod.PrivateKeyJwt);
        configure(options);
    }).UseTokenEndpointHandler(_ => server.CreateHandler());
}
