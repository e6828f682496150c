using JwtGrantClient.DPoP;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>How a client talks to its authorization server: where, over which connections, and by what it proves who it is.</summary>
internal static class EndpointComposition
{
    /// <summary>The connections, which show the client's certificate where it has one. A handler of the user's own brings its own.</summary>
    /// <exception cref="JwtGrantException">The certificate cannot be used.</exception>
#pragma warning disable CA2000 // The transport owns its handler.
    public static TokenEndpointTransport Transport(JwtGrantOptions options, Surroundings around, ClientCertificate? certificate) =>
        new(around.TokenEndpointHandler ?? TokenEndpointTransport.CreateHandler(certificate), around.Time)
        {
            LongestRetryAfter = options.Retry.LongestRetryAfter,
        };
#pragma warning restore CA2000

    /// <exception cref="JwtGrantException">The certificate cannot be used.</exception>
    public static ClientCertificate? Certificate(JwtGrantOptions options, Surroundings around) =>
        around.ClientCertificate is { } own ? ClientCertificate.From(own)
        : options.ClientCertificate is { Path: not null } configured ? ClientCertificate.From(configured)
        : null;

    public static EndpointLocator Locator(
        JwtGrantOptions options, TokenEndpointTransport transport, Surroundings around, ClientTraits client, bool showsCertificate) =>
        new(
            options.Issuer is { } issuer
                ? new MetadataDiscovery(issuer, options.AllowLoopbackHttp, transport, around.Time, around.Logger)
                : null,
            options.TokenEndpoint,
            options.RevocationEndpoint)
        {
            Client = client,
            ShowsCertificate = showsCertificate || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
        };

    public static ClientTraits Traits(
        JwtGrantOptions options, Surroundings around, ClientAuthentication authentication, IJwtSigner? clientSigner, DPoPKey? proofKey)
    {
        var signsAssertions = around.ClientAssertion is null
            && options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion.TokenFile: null };
        return new(authentication.Names, signsAssertions ? () => clientSigner!.Algorithm : null, proofKey?.Signer.Algorithm);
    }

    /// <exception cref="JwtGrantException">The client's secret is missing.</exception>
    public static ClientAuthentication Authentication(JwtGrantOptions options, AssertionProvider? assertions)
    {
        var clientId = options.SendClientId ? options.ClientId : null;
        return options.ClientAuthentication switch
        {
            ClientAuthenticationMethod.PrivateKeyJwt => new ClientAuthentication.PrivateKeyJwt(assertions!, clientId),
            ClientAuthenticationMethod.ClientSecretBasic => new ClientAuthentication.ClientSecretBasic(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.ClientSecretPost => new ClientAuthentication.ClientSecretPost(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.JwtAsClientSecret => new ClientAuthentication.JwtAsClientSecret(assertions!, options.ClientId!),
            ClientAuthenticationMethod.MutualTls => new ClientAuthentication.MutualTls(options.ClientId!),
            _ => new ClientAuthentication.None(clientId),
        };
    }

    private static ClientSecret Secret(JwtGrantOptions options) =>
        ClientSecret.Of(options.ClientSecret, options.ClientSecretVariable, options.ClientSecretFile);
}
