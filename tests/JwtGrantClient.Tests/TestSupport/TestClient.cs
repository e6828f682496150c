using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A client with valid options, which a test can use or change.</summary>
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

    /// <summary>Adds the client to a container, with an in-memory token endpoint.</summary>
    public static IJwtGrantClientBuilder AddTestClient(this IServiceCollection services, string name, FakeTokenEndpoint endpoint) =>
        services.AddJwtGrantClient(name, Configure).UseTokenEndpointHandler(_ => endpoint.Handler);

    /// <summary>Sets valid options and an in-memory token endpoint for a client that was added before.</summary>
    public static IJwtGrantClientBuilder UseTestClient(this IJwtGrantClientBuilder builder, FakeTokenEndpoint endpoint)
    {
        builder.Services.Configure<JwtGrantOptions>(builder.Name, Configure);
        return builder.UseTokenEndpointHandler(_ => endpoint.Handler);
    }
}
