using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

/// <summary>All problems are reported together, with the same texts: when the host starts, or without a host at Create or the first use.</summary>
public sealed class StartUpValidationTests
{
    private static readonly string[] Problems =
    [
        "Issuer and TokenEndpoint are both missing. Set Issuer to the authorization server's issuer identifier, or TokenEndpoint to its address.",
        "ClientId is missing; it is the issuer of the grant assertion. Set ClientId or Assertion:Issuer.",
        "SigningKey: No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and Certificate.",
        "Scope: '' is empty; leave it out to request the server's default scope.",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reports", "JwtGrantClient 'reports': ")]
    [InlineData("", "JwtGrantClient: ")]
    public async Task A_host_with_invalid_settings_does_not_start(string name, string prefix)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddJwtGrantClient(name, options => options.Scope = "");
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Equal(Problems.Select(problem => prefix + problem), error.Failures);
    }

    [Fact]
    public async Task A_host_with_a_section_that_cannot_be_bound_does_not_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        const string json = """{ "JwtGrant": { "Reports": { "Grant": "Jwt", "Refresh": { "ExpiryMargin": "ten" } } } }""";
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Equal(
            [
                "JwtGrantClient 'reports': JwtGrant:Reports:Grant is 'Jwt'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer or SelfSigned.",
                "JwtGrantClient 'reports': JwtGrant:Reports:Refresh:ExpiryMargin is 'ten'; expected hours:minutes:seconds, such as 00:02:00.",
            ],
            error.Failures);
    }

    [Fact]
    public async Task A_host_with_valid_settings_starts_without_a_token_request()
    {
        var endpoint = new FakeTokenEndpoint();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddTestClient("reports", endpoint);
        using var host = builder.Build();

        await host.StartAsync(Cancellation);
        await host.StopAsync(Cancellation);

        Assert.Equal(0, endpoint.Requests);
    }

    [Fact]
    public async Task Invalid_settings_without_a_host_fail_at_the_first_use()
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options => options.Scope = "");
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Equal((JwtGrantErrorKind.Configuration, "settings_invalid"), (error.Kind, error.Code));
        Assert.All(Problems, problem => Assert.Contains($"JwtGrantClient 'reports': {problem}", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Invalid_settings_without_a_container_fail_at_Create()
    {
        var error = Assert.Throws<JwtGrantException>(() => JwtGrantTokenSource.Create(new JwtGrantOptions { Scope = "" }));

        Assert.Equal((JwtGrantErrorKind.Configuration, "settings_invalid"), (error.Kind, error.Code));
        Assert.Equal(Problems, error.Message.Split('\n'));
    }

    [Fact]
    public async Task An_invalid_change_of_the_configuration_does_not_affect_a_running_client()
    {
        var endpoint = new FakeTokenEndpoint();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Reports:Scope", "reports.read")]).Build();
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", configuration.GetSection("Reports"));
        services.ConfigureJwtGrantClient("reports").UseTestClient(endpoint);
        await using var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");

        configuration["Reports:Grant"] = "no such grant";
        configuration.Reload();

        Assert.Equal("token-1", (await tokens.GetTokenAsync(Cancellation)).Value);
        Assert.Equal("reports.read", endpoint.Forms[0]["scope"]);
    }
}
