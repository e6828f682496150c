using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.DPoP;
using JwtGrantClient.Signing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>What a client proves things by.</summary>
/// <param name="Signer">Signs the grant assertions; null where nothing is signed.</param>
/// <param name="ClientSigner">Signs the client assertions: a key of their own, or the same.</param>
/// <param name="ProofKey">What tokens are bound to by DPoP; null without.</param>
/// <param name="Certificate">What connections show; null for nothing.</param>
/// <param name="Ids">Gives assertions and proofs their <c>jti</c>.</param>
internal sealed record ClientKeys(
    IJwtSigner? Signer, IJwtSigner? ClientSigner, DPoPKey? ProofKey, ClientCertificate? Certificate, JtiGenerator Ids)
{
    /// <summary>What the server binds tokens to, as far as it is known here: a certificate is renewed in a running process.</summary>
    public string? BindingThumbprint => ProofKey?.Thumbprint ?? Certificate?.Thumbprint;

    /// <exception cref="JwtGrantException">A key or a certificate could not be read.</exception>
    public static ClientKeys Create(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var signer = dependencies.Signer.Value ?? Open(options.SigningKey, dependencies);
        return new(
            signer,
            Open(options.ClientAssertion.SigningKey, dependencies) ?? signer,
            options.DPoP.Enabled ? DPoPKey.From(options.DPoP) : null,
            dependencies.ClientCertificate.Value is { } own ? ClientCertificate.From(own)
                : options.ClientCertificate is { Path: not null } configured ? ClientCertificate.From(configured)
                : null,
            new(RandomNumberGenerator.Fill));
    }

    private static IJwtSigner? Open(SigningKeyOptions? key, ClientDependencies dependencies) =>
        key is { IsSet: true } ? SigningKeyLoader.Open(key, dependencies.Time, dependencies.Logger) : null;
}
