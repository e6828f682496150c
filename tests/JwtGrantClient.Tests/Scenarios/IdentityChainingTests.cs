using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// Identity chaining across two strict servers: a token of the first is exchanged there for a JWT, which is the grant at the second. The second server accepts
/// each JWT once.
/// </summary>
public sealed class IdentityChainingTests : IAsyncDisposable
{
    private readonly StrictAuthorizationServer _home = StrictAuthorizationServer.CreateInMemory(new() { Issuer = "https://home.example.com" });
    private readonly StrictAuthorizationServer _partner = StrictAuthorizationServer.CreateInMemory(new() { Issuer = "https://partner.example.com" });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public IdentityChainingTests()
    {
        foreach (var client in new[] { "workload", "exchange" })
            _home.RegisterClient(new() { Id = client, PublicKeyPem = TestData.RsaPublicPem });
        _partner.RegisterClient(new() { Id = "guest", PublicKeyPem = TestData.RsaPublicPem, RequireClientAuthentication = true });
        _partner.TrustIssuer(new() { Issuer = _home.Issuer, Jwks = _home.Jwks });
    }

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        await _partner.DisposeAsync();
    }

    [Fact]
    public async Task The_token_of_a_workload_becomes_a_token_of_the_partner()
    {
        await using var services = Create();

        var token = await GetAsync(services);

        var check = _partner.CheckAccessToken($"Bearer {token.Value}");
        Assert.Equal((true, "guest", "workload"), (check.IsValid, check.ClientId, check.Subject));
    }

    [Fact]
    public async Task The_scope_of_a_token_request_goes_to_both_steps()
    {
        await using var services = Create(configureWorkload: options => options.Scope = "read write");

        var token = await GetAsync(services, new() { Scope = "read" });

        Assert.Equal("read", _partner.CheckAccessToken($"Bearer {token.Value}").Scope);
        Assert.Equal(["read write", "read"], _home.Requests.Where(request => request.Method == "POST").Select(request => request["scope"]));
    }

    [Fact]
    public async Task A_JWT_that_the_partner_has_seen_is_replaced()
    {
        await using var services = Create();
        await GetAsync(services);

        await GetAsync(services, new() { Resource = ["https://files.example.com"] });

        Assert.Equal([200, 400, 200], StatusesOf(_partner));
        // The workload's own token, and two JWTs.
        Assert.Equal([200, 200, 200], StatusesOf(_home));
    }

    [Fact]
    public async Task With_InputReuse_Once_the_partner_gets_a_new_JWT_each_time()
    {
        await using var services = Create(options => options.InputReuse = InputReuse.Once);
        await GetAsync(services);

        await GetAsync(services, new() { Resource = ["https://files.example.com"] });

        Assert.Equal([200, 200], StatusesOf(_partner));
        Assert.Equal([200, 200, 200], StatusesOf(_home));
    }

    [Fact]
    public async Task A_JWT_for_another_audience_is_refused_by_the_partner_with_its_error()
    {
        await using var services = Create(configureExchange: options => options.TokenExchange.Audience = ["https://another.example.com"]);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(services));

        Assert.Equal(("token_request_refused", "invalid_grant", "guest"), (error.Code, error.Error, error.Client));
        Assert.Equal([400], StatusesOf(_partner));
    }

    private static IEnumerable<int> StatusesOf(StrictAuthorizationServer server) =>
        server.Requests.Where(request => request.Method == "POST").Select(request => request.Status);

    private static Task<AccessToken> GetAsync(IServiceProvider services, TokenRequest? request = null) =>
        services.GetRequiredKeyedService<ITokenSource>("guest").GetTokenAsync(request ?? TokenRequest.Default, Cancellation).AsTask().WithTimeout();

    private ServiceProvider Create(
        Action<JwtGrantOptions>? configureGuest = null, Action<JwtGrantOptions>? configureExchange = null, Action<JwtGrantOptions>? configureWorkload = null)
    {
        var services = new ServiceCollection();
        Add("workload", _home, GrantType.ClientCredentials, options => configureWorkload?.Invoke(options));
        Add("exchange", _home, GrantType.TokenExchange, options =>
        {
            (options.TokenExchange.SubjectTokenFrom, options.TokenExchange.RequestedTokenType) = ("workload", TokenTypes.Jwt);
            options.TokenExchange.Audience = [_partner.Issuer];
            configureExchange?.Invoke(options);
        });
        Add("guest", _partner, GrantType.JwtBearer, options =>
        {
            options.Assertion.From = "exchange";
            configureGuest?.Invoke(options);
        });
        return services.BuildServiceProvider();

        void Add(string name, StrictAuthorizationServer server, GrantType grant, Action<JwtGrantOptions> configure) => services.AddJwtGrantClient(name, options =>
        {
            (options.Issuer, options.ClientId, options.Grant, options.ClientAuthentication) = (server.Issuer, name, grant, ClientAuthenticationMethod.PrivateKeyJwt);
            options.SigningKey.Text = TestData.RsaPrivatePem;
            configure(options);
        }).UseTokenEndpointHandler(_ => server.CreateHandler());
    }
}
