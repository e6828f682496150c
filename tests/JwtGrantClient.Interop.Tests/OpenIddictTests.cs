using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Interop.Tests;

/// <summary>Tests the client against OpenIddict. All tests share one server, because its start takes seconds.</summary>
public sealed class OpenIddictTests(OpenIddictTests.ServerFixture fixture)
    : IClassFixture<OpenIddictTests.ServerFixture>
{
    private readonly OpenIddictServer _server = fixture.Server;
    private readonly RSA _key = fixture.Key;

    [Fact]
    public async Task A_client_gets_and_caches_a_token_of_OpenIddict_with_configuration_alone()
    {
        await using var services = Services(Settings());
        var tokens = services.GetRequiredKeyedService<ITokenSource>("reports");

        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var second = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Bearer", first.Type);
        Assert.Equal(3, first.Value.Split('.').Length);
        Assert.Same(first, second);
    }

    [Theory]
    [InlineData("ClientSecretBasic")]
    [InlineData("ClientSecretPost")]
    public async Task OpenIddict_accepts_a_client_secret_in_the_header_and_in_the_form(string method)
    {
        await using var services = Services(new()
        {
            ["JwtGrant:Reports:Issuer"] = _server.Issuer,
            ["JwtGrant:Reports:ClientId"] = OpenIddictServer.SecretClientId,
            ["JwtGrant:Reports:Grant"] = "ClientCredentials",
            ["JwtGrant:Reports:ClientAuthentication"] = method,
            ["JwtGrant:Reports:ClientSecret"] = OpenIddictServer.Secret,
            ["JwtGrant:Reports:AllowLoopbackHttp"] = "true",
        });

        var token = await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Bearer", token.Type);
    }

    [Fact]
    public async Task A_token_of_OpenIddict_can_be_exchanged_and_revoked()
    {
        await using var services = Services(Settings());
        var original = await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);

        var exchanged = await services.GetRequiredKeyedService<ITokenEndpoint>("reports").RequestAsync(
            Grant.TokenExchange(new TypedToken(original.Value, TokenTypes.AccessToken), request: new() { Scope = OpenIddictServer.Scope }),
            TestContext.Current.CancellationToken);

        Assert.Equal(TokenTypes.AccessToken, exchanged.IssuedTokenType);
        Assert.NotEqual(original.Value, exchanged.AccessToken.Value);

        Assert.True(await _server.IsActiveAsync(original.Value, TestContext.Current.CancellationToken));
        await services.GetRequiredKeyedService<ITokenRevocation>("reports").RevokeAsync(TokenRequest.Default, TestContext.Current.CancellationToken);
        Assert.False(await _server.IsActiveAsync(original.Value, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_error_for_a_wrong_assertion_audience_names_the_audience_as_the_cause()
    {
        var settings = Settings();
        settings["JwtGrant:Reports:ClientAssertion:Audience"] = "https://other.example.com";
        await using var services = Services(settings);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            async () => await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Refused, "invalid_token"), (error.Kind, error.Error));
        Assert.Contains("The server's text is about the audience.", error.Message.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("client_assertion: iss 'batch-worker', sub 'batch-worker', aud 'https://other.example.com'", error.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["JwtGrant:Reports:Issuer"] = _server.Issuer,
        ["JwtGrant:Reports:ClientId"] = OpenIddictServer.ClientId,
        ["JwtGrant:Reports:Grant"] = "ClientCredentials",
        ["JwtGrant:Reports:ClientAuthentication"] = "PrivateKeyJwt",
        ["JwtGrant:Reports:Scope"] = OpenIddictServer.Scope,
        ["JwtGrant:Reports:SigningKey:Text"] = _key.ExportPkcs8PrivateKeyPem(),
        ["JwtGrant:Reports:SigningKey:KeyId"] = OpenIddictServer.KeyId,
        ["JwtGrant:Reports:AllowLoopbackHttp"] = "true",
    };

    private static ServiceProvider Services(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", configuration.GetSection("JwtGrant:Reports"));
        return services.BuildServiceProvider();
    }

#pragma warning disable CA1034 // The public constructor of the test class uses the fixture, and no other class needs it.
    public sealed class ServerFixture : IAsyncLifetime
    {
        internal RSA Key { get; } = RSA.Create(2048);

        internal OpenIddictServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await OpenIddictServer.StartAsync(Key, CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Key.Dispose();
        }
    }
#pragma warning restore CA1034
}
