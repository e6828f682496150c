using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;
using JwtGrantClient.Setup;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Parts that a client gets by code.</summary>
public static class JwtGrantClientBuilderExtensions
{
    /// <summary>
    /// Signs with a signer of your own, such as one over a key management service, in place of SigningKey. A ClientAssertion:SigningKey
    /// that is set keeps its place.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="signer">Makes the signer, once. The container does not dispose it.</param>
    public static IJwtGrantClientBuilder UseSigner(this IJwtGrantClientBuilder builder, Func<IServiceProvider, IJwtSigner> signer) =>
        builder.With(signer, dependencies => dependencies.Signer.Use(signer));

    /// <summary>
    /// Takes the client assertion from a provider of your own, which is called for each attempt; it is sent unchanged. ClientAuthentication
    /// stays PrivateKeyJwt. No SigningKey is needed for it.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Makes the provider, once.</param>
    public static IJwtGrantClientBuilder UseClientAssertion(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.With(provider, dependencies => dependencies.ClientAssertion.Use(provider));

    /// <summary>Takes the grant assertion from a provider of your own, which is called for each attempt; it is sent unchanged.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Makes the provider, once.</param>
    public static IJwtGrantClientBuilder UseGrantAssertion(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.With(provider, dependencies => dependencies.GrantAssertion.Use(provider));

    /// <summary>
    /// Takes the subject token of a token exchange (RFC 8693) from a provider of your own, which is called for each attempt and told the
    /// request's subject; the assertion's type is the <c>subject_token_type</c>, one of <see cref="TokenTypes"/>.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Makes the provider, once.</param>
    public static IJwtGrantClientBuilder UseSubjectToken(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.With(provider, dependencies => dependencies.SubjectToken.Use(provider));

    /// <summary>Takes the actor token of a token exchange from a provider of your own; see <see cref="UseSubjectToken"/>.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="provider">Makes the provider, once.</param>
    public static IJwtGrantClientBuilder UseActorToken(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, AssertionProvider> provider) =>
        builder.With(provider, dependencies => dependencies.ActorToken.Use(provider));

    /// <summary>
    /// Shows the authorization server a certificate of your own, from a store or an HSM, in place of the ClientCertificate setting.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="certificate">Makes the certificate, once, with its private key. The container does not dispose it.</param>
    public static IJwtGrantClientBuilder UseClientCertificate(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, X509Certificate2> certificate) =>
        builder.With(certificate, dependencies => dependencies.ClientCertificate.Use(certificate));

    /// <summary>Edits each assertion that the library makes, before it is signed. Several edits are made one after another.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="edit">Adds claims and header members. It must be safe for concurrent use.</param>
    public static IJwtGrantClientBuilder EditAssertions(this IJwtGrantClientBuilder builder, Action<AssertionDraft> edit) =>
        builder.With(edit, dependencies => dependencies.EditAssertion += edit);

    /// <summary>
    /// Sends token requests through a handler of your own, such as one with a proxy, in place of the built-in one. It must not follow
    /// redirects and must not retry: the library does, with a fresh assertion each time. A client certificate is its own affair then.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="handler">Makes the handler, once. It is disposed with the client.</param>
    public static IJwtGrantClientBuilder UseTokenEndpointHandler(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, HttpMessageHandler> handler) =>
        builder.With(handler, dependencies => dependencies.TokenEndpointHandler.Use(handler));

    /// <summary>
    /// Retries token requests by a pipeline of your own. Every run of it makes a new assertion; a grant that is single-use is not sent
    /// again whatever it says. Default: at most three retries, 1 s x 2^n with full jitter, 10 s each and 30 s in all.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="pipeline">Makes the pipeline, once.</param>
    public static IJwtGrantClientBuilder UseRetryPipeline(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, ResiliencePipeline> pipeline) =>
        builder.With(pipeline, dependencies => dependencies.RetryPipeline.Use(pipeline));

    /// <summary>
    /// Shares tokens with other processes by a store of your own, which must encrypt them. For any IDistributedCache there is
    /// UseDistributedCache in JwtGrantClient.Distributed. Tokens that are bound to a key (DPoP, a client certificate) are shared with
    /// holders of that key only.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="store">Makes the store, once. The container does not dispose it.</param>
    public static IJwtGrantClientBuilder UseSharedTokenStore(
        this IJwtGrantClientBuilder builder, Func<IServiceProvider, ISharedTokenStore> store) =>
        builder.With(store, dependencies => dependencies.SharedTokenStore.Use(store));

    private static IJwtGrantClientBuilder With(this IJwtGrantClientBuilder builder, Delegate given, Action<ClientDependencies> apply)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(given);
        builder.Services.AddSingleton(new ClientRegistration(builder.Name, apply));
        return builder;
    }
}
