using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Interop.Tests;

/// <summary>One server for all, started once: it takes seconds on a busy machine.</summary>
public sealed class OpenIddictTests(OpenIddictTests.Running running)
    : IClassFixture<OpenIddictTests.Running>
{
    private readonly OpenIddictServer _server = running.Server;
    private readonly RSA _key = running.Key;

    [Fact]
    public async Task Takes_nothing_but_configuration()
    {
        await using var services = Services(Settings());
        var tokens = services.GetRequiredKeyedService<ITokenSource>("reports");

        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var again = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Bearer", first.Type);
        Assert.Equal(3, first.Value.Split('.').Length);
        Assert.Same(first, again);
    }

    [Theory]
    [InlineData("ClientSecretBasic")]
    [InlineData("ClientSecretPost")]
    public async Task Works_with_a_secret_in_either_place(string method)
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
    public async Task Exchanges_a_token_and_gives_one_back()
    {
        await using var services = Services(Settings());
        var own = await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);

        var exchanged = await services.GetRequiredKeyedService<ITokenEndpoint>("reports").RequestAsync(
            Grant.TokenExchange(new TypedToken(own.Value, TokenTypes.AccessToken), request: new() { Scope = OpenIddictServer.Scope }),
            TestContext.Current.CancellationToken);

        Assert.Equal(TokenTypes.AccessToken, exchanged.IssuedTokenType);
        Assert.NotEqual(own.Value, exchanged.AccessToken.Value);

        Assert.True(await _server.IsGoodAsync(own.Value, TestContext.Current.CancellationToken));
        await services.GetRequiredKeyedService<ITokenRevocation>("reports").RevokeAsync(TokenRequest.Default, TestContext.Current.CancellationToken);
        Assert.False(await _server.IsGoodAsync(own.Value, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Names_the_cure_where_the_audience_is_not_the_issuer()
    {
        var settings = Settings();
        settings["JwtGrant:Reports:ClientAssertion:Audience"] = "https://somebody.else.example.com";
        await using var services = Services(settings);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            async () => await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Refused, "invalid_token"), (error.Kind, error.Error));
        Assert.Contains("The audience is not the one the server expects", error.Message.Split('\n')[0], StringComparison.Ordinal);
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

#pragma warning disable CA1034 // A class fixture is named by the tests' own signature, and belongs to nobody else.
    public sealed class Running : IAsyncLifetime
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
