using JwtGrantClient;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.DPoP;
using JwtGrantClient.Http;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add access tokens to the requests of an HttpClient.</summary>
public static class JwtGrantHttpClientBuilderExtensions
{
    /// <summary>
    /// Adds an <see cref="AccessTokenHandler"/> that gets its tokens from a client. The handler can be added before or after resilience handlers.
    /// </summary>
    /// <remarks>
    /// An unknown client name, options that are not valid and an origin that is not valid cause a <see cref="JwtGrantException"/> when the
    /// HttpClient is created.
    /// </remarks>
    /// <param name="builder">The builder of the HttpClient.</param>
    /// <param name="name">
    /// The name that AddJwtGrantClient is called with, before or after this call. Default: empty, the unnamed client.
    /// </param>
    /// <param name="configure">
    /// Sets what the token is for and which origins may receive it. Default: the token of the client as configured, sent to the origin of the
    /// base address that AddHttpClient sets. Without a base address, set the allowed origins here. It is called for each new handler.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException">The builder comes from ConfigureHttpClientDefaults and so applies to all HttpClients.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
    /// builder.Services
    ///     .AddHttpClient("reports", http => http.BaseAddress = new Uri("https://api.example.com"))
    ///     .AddJwtGrantToken("reports");
    /// </code>
    /// </example>
    public static IHttpClientBuilder AddJwtGrantToken(
        this IHttpClientBuilder builder, string name = "", Action<AccessTokenHandlerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        // The builder of ConfigureHttpClientDefaults has no name. It would send the token to every host that any HttpClient calls.
        if (builder.Name is null)
            throw new ArgumentException("A token is for one API, not for all HttpClients. Call AddJwtGrantToken on AddHttpClient(...).", nameof(builder));
        ClientRegistry.AddTo(builder.Services);
        BaseAddressClientFactory.AddTo(builder.Services, builder.Name, name);
        var header = new Lazy<TokenHeader>(() => TokenHeader.From(Configure(configure, new())));
        builder.Services.PostConfigure<HttpClientFactoryOptions>(builder.Name, factory =>
        {
            RedactCredentials(factory, header);
            factory.HttpMessageHandlerBuilderActions.Add(handlers =>
            {
                if (!header.Value.IsAuthorization)
                    DownstreamHandlers.TurnOffRedirects(handlers.PrimaryHandler);
            });
        });
        return builder.AddHttpMessageHandler(provider =>
        {
            var client = provider.GetRequiredService<ClientRegistry>().Get(name);
            var options = Configure(configure, new() { AllowLoopbackHttp = client.AllowLoopbackHttp });
            return new AccessTokenHandler(
                client.Tokens,
                options.TokenRequest,
                new AllowedOrigins(
                    options.AllowedOrigins, options.AllowLoopbackHttp, provider.GetRequiredService<BaseAddressRegistry>().Get(builder.Name)),
                TokenHeader.From(options),
                options.OnChallenge,
                provider.GetService<ILoggerFactory>()?.CreateLogger(Log.Category),
                IsTracing(provider, builder.Name));
        });
    }

    // IHttpClientFactory logs headers at the level Trace, with a logger before the handlers of an HttpClient and one after them.
    private static Func<bool> IsTracing(IServiceProvider provider, string name)
    {
        if (provider.GetService<ILoggerFactory>() is not { } logging)
            return () => false;
        var category = $"System.Net.Http.HttpClient.{(name.Length == 0 ? "Default" : name)}";
        var (first, last) = (logging.CreateLogger($"{category}.LogicalHandler"), logging.CreateLogger($"{category}.ClientHandler"));
        return () => last.IsEnabled(LogLevel.Trace) || first.IsEnabled(LogLevel.Trace);
    }

    private static AccessTokenHandlerOptions Configure(Action<AccessTokenHandlerOptions>? configure, AccessTokenHandlerOptions options)
    {
        configure?.Invoke(options);
        return options;
    }

    // RedactLoggedHeaders replaces the default, which is to log the value of no header.
    private static void RedactCredentials(HttpClientFactoryOptions options, Lazy<TokenHeader> tokenHeader)
    {
        var isRedacted = options.ShouldRedactHeaderValue;
        options.ShouldRedactHeaderValue = header =>
            header.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || header.Equals(tokenHeader.Value.Name, StringComparison.OrdinalIgnoreCase)
            || header.Equals(DPoPHeaders.Proof, StringComparison.OrdinalIgnoreCase)
            || isRedacted(header);
    }
}
