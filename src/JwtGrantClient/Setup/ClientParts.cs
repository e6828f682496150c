using Polly;

namespace JwtGrantClient.Setup;

/// <summary>What a client gets by code and not by configuration: named options, so that it composes like them.</summary>
internal sealed class ClientParts
{
    public Func<IServiceProvider, IJwtSigner>? Signer { get; set; }

    public Func<IServiceProvider, AssertionProvider>? GrantAssertion { get; set; }

    public Func<IServiceProvider, AssertionProvider>? ClientAssertion { get; set; }

    public Action<AssertionDraft>? EditAssertion { get; set; }

    public Func<IServiceProvider, HttpMessageHandler>? TokenEndpointHandler { get; set; }

    public Func<IServiceProvider, ResiliencePipeline>? RetryPipeline { get; set; }
}
