using JwtGrantClient.Setup;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace JwtGrantClient;

/// <summary>What AddJwtGrantClient returns: further parts of the client hang on it.</summary>
public interface IJwtGrantClientBuilder
{
    /// <summary>The client's name; empty for the one without.</summary>
    string Name { get; }

    /// <summary>The services that the client is part of.</summary>
    IServiceCollection Services { get; }
}

/// <summary>Parts that a client gets by code.</summary>
public static class JwtGrantClientBuilderExtensions
{
    /// <summary>Signs with a signer of your own, such as one over a key management service, in place of SigningKey.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="signer">Makes the signer, once. The container does not dispose it.</param>
    public static IJwtGrantClientBuilder UseSigner(this IJwtGrantClientBuilder builder, Func<IServiceProvider, IJwtSigner> signer) =>
        builder.With(parts => parts.Signer = signer);

    /// <summary>
    /// Sends token requests through a handler of your own, such as one with a proxy, in place of the built-in one. It must not follow redirects
    /// and must not retry: the library does, with a fresh assertion each time.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="handler">Makes the handler, once. It is disposed with the client.</param>
    public static IJwtGrantClientBuilder UseTokenEndpointHandler(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, HttpMessageHandler> handler) =>
        builder.With(parts => parts.TokenEndpointHandler = handler);

    /// <summary>
    /// Retries token requests by a pipeline of your own. Every run of it makes a new assertion; a grant that is single-use is not sent again
    /// whatever it says. Default: at most three retries, 1 s x 2^n with full jitter, 10 s each and 30 s in all.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="pipeline">Makes the pipeline, once.</param>
    public static IJwtGrantClientBuilder UseRetryPipeline(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, ResiliencePipeline> pipeline) =>
        builder.With(parts => parts.RetryPipeline = pipeline);

    private static IJwtGrantClientBuilder With(this IJwtGrantClientBuilder builder, Action<ClientParts> part)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(builder.Name, part);
        return builder;
    }
}
