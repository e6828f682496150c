using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>Chains of clients against the strict server.</summary>
public sealed class ChainScenarioTests
{
    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory(new() { RequireDPoPNonce = true });

    public ChainScenarioTests()
    {
        foreach (var client in new[] { "first", "second" })
            _server.RegisterClient(new() { Id = client, PublicKeyPem = TestData.RsaPublicPem });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_token_of_one_client_is_exchanged_by_another()
    {
        await using var services = Create(first => Authenticate(first, "first", GrantType.ClientCredentials), second =>
        {
            Authenticate(second, "second", GrantType.TokenExchange);
            second.TokenExchange.SubjectTokenFrom = "first";
        });

        var token = await services.GetRequiredKeyedService<ITokenSource>("second").GetTokenAsync(Cancellation);

        Assert.Equal(("second", "first"), (_server.CheckAccessToken($"Bearer {token.Value}").ClientId, _server.CheckAccessToken($"Bearer {token.Value}").Subject));
    }

    [Fact]
    public async Task A_revoked_token_of_the_first_client_is_replaced_and_exchanged()
    {
        await using var services = Create(first => Authenticate(first, "first", GrantType.ClientCredentials), second =>
        {
            Authenticate(second, "second", GrantType.TokenExchange);
            second.TokenExchange.SubjectTokenFrom = "first";
        });
        await services.GetRequiredKeyedService<ITokenSource>("first").GetTokenAsync(Cancellation);
        _server.RevokeAll();

        var token = await services.GetRequiredKeyedService<ITokenSource>("second").GetTokenAsync(Cancellation);

        Assert.True(_server.CheckAccessToken($"Bearer {token.Value}").IsValid);
        Assert.Equal([200, 400, 200, 200], _server.Requests.Where(request => request.Method == "POST").Select(request => request.Status));
    }

    [Fact]
    public async Task A_token_of_the_wrong_type_is_refused_before_the_next_step()
    {
        await using var services = Create(first => Authenticate(first, "first", GrantType.ClientCredentials), second =>
        {
            Authenticate(second, "second", GrantType.TokenExchange);
            (second.TokenExchange.SubjectTokenFrom, second.TokenExchange.RequestedTokenType) = ("first", TokenTypes.IdToken);
        });
        services.GetRequiredKeyedService<ITokenSource>("first");
        _server.Enqueue(ScriptedResponse.Create(200, """{"access_token":"t1","token_type":"Bearer","expires_in":60}""", "application/json"));
        _server.Enqueue(ScriptedResponse.Create(
            200, """{"access_token":"t2","token_type":"N_A","issued_token_type":"urn:ietf:params:oauth:token-type:refresh_token","expires_in":60}""", "application/json"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => services.GetRequiredKeyedService<ITokenSource>("second").GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "other_token_type_issued"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task A_token_for_another_audience_is_refused_by_the_server()
    {
        await using var services = Create(
            first => Authenticate(first, "first", GrantType.ClientCredentials),
            second => (second.Issuer, second.Assertion.From) = (_server.Issuer, "first"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => services.GetRequiredKeyedService<ITokenSource>("second").GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("token_request_refused", "invalid_grant", "second"), (error.Code, error.Error, error.Client));
    }

    private static void Authenticate(JwtGrantOptions options, string client, GrantType grant)
    {
        (options.ClientId, options.Grant, options.ClientAuthentication) = (client, grant, ClientAuthenticationMethod.PrivateKeyJwt);
        options.SigningKey.Text = TestData.RsaPrivatePem;
    }

    private ServiceProvider Create(Action<JwtGrantOptions> first, Action<JwtGrantOptions> second)
    {
        var services = new ServiceCollection();
        foreach (var (name, configure) in new[] { ("first", first), ("second", second) })
            services.AddJwtGrantClient(name, options =>
            {
                options.Issuer = _server.Issuer;
                configure(options);
            }).UseTokenEndpointHandler(_ => _server.CreateHandler());
        return services.BuildServiceProvider();
    }
}
