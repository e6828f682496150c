using JwtGrantClient;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Http;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts tokens on the requests of an HttpClient.</summary>
public static class JwtGrantHttpClientBuilderExtensions
{
    /// <summary>
    /// Adds an <see cref="AccessTokenHandler"/> over a client. Where it stands among resilience handlers does not matter. An unknown name,
    /// wrong settings and an unusable origin show as a <see cref="JwtGrantException"/> when the HttpClient is made.
    /// </summary>
    /// <param name="builder">The HttpClient.</param>
    /// <param name="name">The name that AddJwtGrantClient was called with, before or after. Default: the client without a name.</param>
    /// <param name="configure">What to ask for, and where tokens may go. Default: as configured, to the HttpClient's base address.</param>
    /// <exception cref="ArgumentException">The builder stands for all HttpClients at once.</exception>
    public static IHttpClientBuilder AddJwtGrantToken(
        this IHttpClientBuilder builder, string name = "", Action<AccessTokenHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        // ConfigureHttpClientDefaults hands out a builder without a name: one token for every host that any client talks to.
        if (builder.Name is null)
            throw new ArgumentException("A token is for one API, not for all HttpClients. Call AddJwtGrantToken on AddHttpClient(...).", nameof(builder));
        ClientRegistry.AddTo(builder.Services);
        var baseAddress = new ApiBaseAddress();
        // After all other actions, so that it sees the address that they set.
        builder.Services.PostConfigure<HttpClientFactoryOptions>(
            builder.Name, factory => factory.HttpClientActions.Add(http => baseAddress.Value = http.BaseAddress));
        return builder.AddHttpMessageHandler(provider =>
        {
            var client = provider.GetRequiredService<ClientRegistry>().Get(name);
            var options = new AccessTokenHandlerOptions { AllowLoopbackHttp = client.AllowLoopbackHttp };
            configure?.Invoke(options);
            return new AccessTokenHandler(
                client.Tokens,
                options.TokenRequest,
                new AllowedOrigins(options.AllowedOrigins, options.AllowLoopbackHttp, baseAddress),
                provider.GetService<ILoggerFactory>()?.CreateLogger(Log.Category));
        });
    }
}
