using System.Security.Cryptography.X509Certificates;
using Polly;

namespace JwtGrantClient.Setup;

/// <summary>
/// What AddJwtGrantClient and its builder leave in the container: a client's name, or a part for it. Not named options, whose generic types
/// a native program has to build at its start.
/// </summary>
/// <param name="Client">The client's name; null for a part of every client.</param>
/// <param name="Put">Puts the part where it belongs; null for the name alone.</param>
internal sealed record ClientPart(string? Client, Action<ClientParts>? Put = null);

/// <summary>What a client gets by code and not by configuration.</summary>
internal sealed class ClientParts
{
    /// <summary>What was given to one client, the later in place of the earlier.</summary>
    public static ClientParts Of(string? client, IEnumerable<ClientPart> all)
    {
        var parts = new ClientParts();
        foreach (var part in all)
            if (part.Client is null || part.Client == client)
                part.Put?.Invoke(parts);
        return parts;
    }

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
