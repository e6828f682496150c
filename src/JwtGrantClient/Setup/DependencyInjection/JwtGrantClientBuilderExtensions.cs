using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;
using JwtGrantClient.Setup;
using JwtGrantClient.TokenEndpoint;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that configure a client in code.</summary>
public static class JwtGrantClientBuilderExtensions
{
    /// <summary>
    /// Signs assertions with a custom signer, such as one that calls a key management service, instead of the SigningKey option. If
    /// ClientAssertion:SigningKey is set, it still signs the client assertions.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="signer">Creates the signer; called once. The container does not dispose the signer.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseSigner(this IJwtGrantClientBuilder builder, Func<IServiceProvider, IJwtSigner> signer) =>
        builder.AddDependency(signer, dependencies => dependencies.Signer.Use(signer));

    /// <summary>
    /// Gets the client assertions (RFC 7523 section 2.2) from a custom provider, which is called for each attempt; they are sent unchanged.
    /// Set ClientAuthentication to PrivateKeyJwt. SigningKey is not required for them.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Creates the provider; called once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseClientAssertion(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.AddDependency(provider, dependencies => dependencies.ClientAssertion.Use(provider));

    /// <summary>
    /// Gets the grant assertions (RFC 7523 section 2.1) from a custom provider, which is called for each attempt; they are sent unchanged.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Creates the provider; called once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseGrantAssertion(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.AddDependency(provider, dependencies => dependencies.GrantAssertion.Use(provider));

    /// <summary>
    /// Gets the subject token of a token exchange (RFC 8693 section 2.1) from a custom provider, which is called for each attempt with the
    /// subject of the token request. The type of the assertion is sent as <c>subject_token_type</c>; see <see cref="TokenTypes"/>.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Creates the provider; called once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseSubjectToken(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.AddDependency(provider, dependencies => dependencies.SubjectToken.Use(provider));

    /// <summary>
    /// Gets the actor token of a token exchange (RFC 8693 section 2.1) from a custom provider, in the same way as <see cref="UseSubjectToken"/>.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Creates the provider; called once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseActorToken(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.AddDependency(provider, dependencies => dependencies.ActorToken.Use(provider));

    /// <summary>
    /// Presents a certificate to the authorization server (RFC 8705) that code provides, for example from a store or an HSM, instead of the
    /// ClientCertificate option.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="certificate">Returns the certificate with its private key; called once. The container does not dispose the certificate.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseClientCertificate(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, X509Certificate2> certificate) =>
        builder.AddDependency(certificate, dependencies => dependencies.ClientCertificate.Use(
            services => certificate(services) is { } own ? ClientCertificate.From(own) : null!));

    /// <summary>
    /// Edits each assertion that the library creates, before it is signed. If the method is called several times, the edits run in that order.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="edit">Adds claims and header members. It must be safe for concurrent use.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder EditAssertions(this IJwtGrantClientBuilder builder, Action<AssertionDraft> edit) =>
        builder.AddDependency(edit, dependencies => dependencies.EditAssertion += edit);

    /// <summary>
    /// Sends token requests through a custom handler, such as one with a proxy, instead of the built-in handler. The handler must not follow
    /// redirects and must not retry: the library retries, each time with a new assertion. A client certificate must be configured on the handler.
    /// </summary>
    /// <remarks>
    /// Create the handler for the token endpoint alone: the library turns off its automatic redirects, and adds a handler to a chain of
    /// DelegatingHandlers that lets each token request through once.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="handler">Creates the handler; called once. The handler is disposed with the client.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseTokenEndpointHandler(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, HttpMessageHandler> handler) =>
        builder.AddDependency(handler, dependencies => dependencies.TokenEndpointHandler.Use(handler));

    /// <summary>
    /// Retries token requests with a custom pipeline instead of the built-in retries and attempt timeouts of <see cref="RetryOptions"/>. Each
    /// execution creates a new assertion.
    /// </summary>
    /// <remarks>
    /// Three rules hold for a custom pipeline too. <see cref="RetryOptions.TotalTimeout"/> limits the whole request. A single-use grant is not
    /// sent again after the server may have received it. A background refresh makes one attempt while a token is valid.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="pipeline">Creates the pipeline; called once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseRetryPipeline(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, ResiliencePipeline> pipeline) =>
        builder.AddDependency(pipeline, dependencies => dependencies.RetryPipeline.Use(pipeline));

    /// <summary>
    /// Gets the tokens from a custom token source, below the cache of the client: one acquisition at a time, early refresh, backoff, metrics and the shared
    /// token store are the same as for tokens of a token endpoint. The client has no token endpoint then.
    /// </summary>
    /// <remarks>
    /// The source returns a new token for each call; it needs no cache. <see cref="RetryOptions.TotalTimeout"/> limits a call. The source retries by itself, if it
    /// is useful. After an API rejected a token, <see cref="ITokenSource.InvalidateAsync"/> of the source is called first.
    /// </remarks>
    /// <param name="builder">The client.</param>
    /// <param name="source">Creates the token source; called once. The container does not dispose the source.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseTokenSource(this IJwtGrantClientBuilder builder, Func<IServiceProvider, ITokenSource> source) =>
        builder.AddDependency(source, dependencies => dependencies.TokenSource.Use(source));

    /// <summary>
    /// Shares tokens with other processes through a custom store, which must encrypt them. For an IDistributedCache, call UseDistributedCache of
    /// the package JwtGrantClient.Distributed. A token that is bound to a key (DPoP or a client certificate) is shared only with processes that
    /// have the same key. If code provides or edits the assertions, <see cref="CacheOptions.SharingName"/> is required.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="store">Creates the store; called once. The container does not dispose the store.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder UseSharedTokenStore(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, ISharedTokenStore> store) =>
        builder.AddDependency(store, dependencies => dependencies.ShareTokens(store));

    private static IJwtGrantClientBuilder AddDependency(this IJwtGrantClientBuilder builder, Delegate argument, Action<ClientDependencies> apply)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(argument);
        builder.Services.AddSingleton(new DependencyRegistration(builder.Name, apply));
        return builder;
    }
}
