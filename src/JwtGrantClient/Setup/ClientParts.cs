using System.Security.Cryptography.X509Certificates;
using Polly;

namespace JwtGrantClient.Setup;

/// <summary>What a client gets by code and not by configuration: named options, so that it composes like them.</summary>
internal sealed class ClientParts
{
    public Func<IServiceProvider, IJwtSigner>? Signer { get; set; }

    public Func<IServiceProvider, AssertionProvider>? GrantAssertion { get; set; }

    public Func<IServiceProvider, AssertionProvider>? ClientAssertion { get; set; }

    public Func<IServiceProvider, AssertionProvider>? SubjectToken { get; set; }

    public Func<IServiceProvider, AssertionProvider>? ActorToken { get; set; }

    public Func<IServiceProvider, X509Certificate2>? ClientCertificate { get; set; }

    public Action<AssertionDraft>? EditAssertion { get; set; }

    public Func<IServiceProvider, HttpMessageHandler>? TokenEndpointHandler { get; set; }

    public Func<IServiceProvider, ResiliencePipeline>? RetryPipeline { get; set; }

    public Func<IServiceProvider, ISharedTokenStore>? SharedTokenStore { get; set; }

    /// <summary>What of it bears on the settings.</summary>
    public GivenByCode Given => new()
    {
        Signer = Signer is not null,
        GrantAssertion = GrantAssertion is not null,
        ClientAssertion = ClientAssertion is not null,
        SubjectToken = SubjectToken is not null,
        ClientCertificate = ClientCertificate is not null,
        TokenEndpointHandler = TokenEndpointHandler is not null,
    };
}

/// <summary>What a client gets by code, so that no setting is needed for it.</summary>
internal readonly record struct GivenByCode
{
    public bool Signer { get; init; }

    public bool GrantAssertion { get; init; }

    public bool ClientAssertion { get; init; }

    public bool SubjectToken { get; init; }

    public bool ClientCertificate { get; init; }

    public bool TokenEndpointHandler { get; init; }
}
