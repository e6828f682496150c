using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.DPoP;
using JwtGrantClient.Signing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>The keys and certificates of a client.</summary>
/// <param name="Signer">Signs the grant assertions; null if the library does not sign any.</param>
/// <param name="ClientSigner">Signs the client assertions, with a separate key or the same one.</param>
/// <param name="ProofKey">The key that DPoP binds tokens to; null without DPoP.</param>
/// <param name="Certificate">The certificate that the client presents to the authorization server; null for none.</param>
/// <param name="Ids">Generates the <c>jti</c> of assertions and proofs.</param>
/// <param name="Clock">The clock of assertions and proofs.</param>
internal sealed record ClientKeys(
    IJwtSigner? Signer, IJwtSigner? ClientSigner, DPoPKey? ProofKey, ClientCertificate? Certificate, JtiGenerator Ids, ServerClock Clock)
{
    /// <summary>
    /// Gets the thumbprint of the key or certificate that the server binds tokens to; null if it is not known. It changes when a certificate
    /// file is replaced.
    /// </summary>
    public string? BindingThumbprint => ProofKey?.Thumbprint ?? Certificate?.Thumbprint;

    /// <summary>Gets the client that the key of the grant assertions belongs to, by its file; null if the file does not say it.</summary>
    public string? Owner => (Signer as ReloadingSigner)?.Owner;

    /// <summary>Gets what the file of the key contains about the client; null if it contains nothing.</summary>
    public KeyFileAccount? Account => (Signer as ReloadingSigner)?.Account;

    /// <summary>Returns the state of the keys and certificates.</summary>
    public IReadOnlyList<KeyReading> Read(TimeProvider time)
    {
        var readings = new List<KeyReading>(2);
        if (Signer is not null)
            readings.Add(Read(KeyUse.Signing, Signer, time));
        if (ClientSigner is not null && ClientSigner != Signer)
            readings.Add(Read(KeyUse.ClientAssertion, ClientSigner, time));
        if (Certificate is not null)
            readings.Add(new(KeyUse.Tls, Age: null, Certificate.ExpiresAt - time.GetUtcNow()));
        return readings;
    }

    /// <exception cref="JwtGrantException">A key or a certificate could not be read.</exception>
    public static ClientKeys Create(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var signer = dependencies.Signer.Value ?? OpenSigner(options.SigningKey, dependencies);
        return new(
            signer,
            OpenSigner(options.ClientAssertion.SigningKey, dependencies) ?? signer,
            options.DPoP.Enabled ? DPoPKey.From(options.DPoP) : null,
            OpenCertificate(options, dependencies) is { } certificate ? dependencies.Connections?.Share(certificate) ?? certificate : null,
            new(RandomNumberGenerator.Fill),
            new(dependencies.Time, options.ClockCorrection));
    }

    private static ClientCertificate? OpenCertificate(JwtGrantOptions options, ClientDependencies dependencies) =>
        dependencies.ClientCertificate.Value ?? (options.ClientCertificate is { Path: not null } configured ? configured.Open() : null);

    private static KeyReading Read(string use, IJwtSigner signer, TimeProvider time)
    {
        try
        {
            var certificate = signer switch
            {
                ReloadingSigner reloading => reloading.Certificate,
                LocalSigner local => local.Identity.Certificate,
                _ => null,
            };
            return new(use, (signer as ReloadingSigner)?.Age, certificate is null ? null : certificate.NotAfter.ToUniversalTime() - time.GetUtcNow());
        }
        catch (CryptographicException)
        {
            // The application has disposed the certificate.
            return new(use, Age: null, CertificateRemaining: null);
        }
    }

    private static IJwtSigner? OpenSigner(SigningKeyOptions? key, ClientDependencies dependencies) =>
        key is { IsSet: true } ? SigningKeyLoader.Open(key, dependencies.Time, dependencies.Logger) : null;
}
