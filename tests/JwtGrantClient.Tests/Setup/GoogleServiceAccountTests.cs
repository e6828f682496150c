using System.Text;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Setup;

/// <summary>The documented settings for a Google service account, and the request that they produce.</summary>
public sealed class GoogleServiceAccountTests
{
    private const string Settings = """
        { "Google": {
            "TokenEndpoint": "https://oauth2.googleapis.com/token",
            "ClientId": "batch@project.iam.gserviceaccount.com",
            "SendClientId": false,
            "Assertion": { "Claims": { "scope": "https://www.googleapis.com/auth/devstorage.read_only" } } } }
        """;

    [Fact]
    public async Task The_documented_settings_produce_the_request_that_Google_expects()
    {
        var endpoint = new FakeTokenEndpoint();
        var file = JsonSerializer.Serialize(new { type = "service_account", private_key_id = "g-1", private_key = TestData.RsaPrivatePem, client_email = "batch@project.iam.gserviceaccount.com" });
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Settings));
        var configuration = new ConfigurationBuilder().AddJsonStream(json)
            .AddInMemoryCollection([new("Google:SigningKey:Text", file)]).Build();
        var services = new ServiceCollection();
        services.AddJwtGrantClient("google", configuration.GetSection("Google")).UseTokenEndpointHandler(_ => endpoint.Handler);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("google").GetTokenAsync(TestContext.Current.CancellationToken);

        var form = Assert.Single(endpoint.Forms);
        Assert.Equal(["grant_type", "assertion"], form.AllKeys);
        var jwt = Jwt.Parse(form["assertion"]!);
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"g-1"}""", jwt.Header.GetRawText());
        Assert.Equal(
            ("batch@project.iam.gserviceaccount.com", "https://oauth2.googleapis.com/token", "https://www.googleapis.com/auth/devstorage.read_only"),
            (jwt["iss"], jwt["aud"], jwt["scope"]));
    }
}
