using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Interop.Tests;

public sealed class ObtainingTokensFromOpenIddict
{
    [Fact]
    public async Task Takes_nothing_but_configuration()
    {
        using var key = RSA.Create(2048);
        await using var server = await OpenIddictServer.StartAsync(key, TestContext.Current.CancellationToken);
        await using var services = Services(Settings(server, key));
        var tokens = services.GetRequiredKeyedService<ITokenSource>("reports");

        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var again = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Bearer", first.Type);
        Assert.Equal(3, first.Value.Split('.').Length);
        Assert.Same(first, again);
    }

    [Fact]
    public async Task Names_the_cure_where_the_audience_is_not_the_issuer()
    {
        using var key = RSA.Create(2048);
        await using var server = await OpenIddictServer.StartAsync(key, TestContext.Current.CancellationToken);
        var settings = Settings(server, key);
        settings["JwtGrant:Reports:ClientAssertion:Audience"] = "https://somebody.else.example.com";
        await using var services = Services(settings);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            async () => await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Refused, "invalid_token"), (error.Kind, error.Error));
        Assert.Contains("The audience is not the one the server expects", error.Message.Split('\n')[0], StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(OpenIddictServer server, RSA key) => new()
    {
        ["JwtGrant:Reports:Issuer"] = server.Issuer,
        ["JwtGrant:Reports:ClientId"] = OpenIddictServer.ClientId,
        ["JwtGrant:Reports:Grant"] = "ClientCredentials",
        ["JwtGrant:Reports:ClientAuthentication"] = "PrivateKeyJwt",
        ["JwtGrant:Reports:Scope"] = OpenIddictServer.Scope,
        ["JwtGrant:Reports:SigningKey:Text"] = key.ExportPkcs8PrivateKeyPem(),
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
}
