using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A client whose settings are right, to be made wrong by a test, or used.</summary>
internal static class TestClient
{
    public static JwtGrantOptions Options()
    {
        var options = new JwtGrantOptions();
        Configure(options);
        return options;
    }

    public static void Configure(JwtGrantOptions options)
    {
        options.TokenEndpoint = TestData.TokenEndpoint;
        options.ClientId = TestData.ClientId;
        options.SigningKey.Text = TestData.RsaPrivatePem;
        options.AllowLoopbackHttp = true;
    }

    /// <summary>The client in a container, over an endpoint in memory.</summary>
    public static IJwtGrantClientBuilder AddTestClient(this IServiceCollection services, string name, FakeTokenEndpoint endpoint) =>
        services.AddJwtGrantClient(name, Configure).UseTokenEndpointHandler(_ => endpoint.Handler);
}
