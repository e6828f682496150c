using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using JwtGrantClient.Saml;

namespace JwtGrantClient;

/// <summary>
/// Makes SAML 2.0 bearer assertions (RFC 7522), signed by RSA with SHA-256, fresh at every call: nothing is kept, so nothing can be sent
/// twice. <see cref="ProvideAsync"/> is an <see cref="AssertionProvider"/>. Safe for concurrent use.
/// </summary>
public sealed class SamlAssertionFactory
{
    private readonly SamlProfile _profile;
    private readonly SamlSigner _signer;
    private readonly TimeProvider _clock;
    private readonly SamlIdGenerator _ids;

    /// <summary>Makes a factory.</summary>
    /// <param name="options">What the assertions say; copied.</param>
    /// <param name="certificate">The certificate, with its RSA private key of at least 2048 bits. It stays the caller's.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <exception cref="JwtGrantException">A setting is missing or wrong, or the key does not fit.</exception>
    public SamlAssertionFactory(SamlAssertionOptions options, X509Certificate2 certificate, TimeProvider? time = null)
        : this(options, certificate, time ?? TimeProvider.System, new SamlIdGenerator(RandomNumberGenerator.Fill))
    {
    }

    internal SamlAssertionFactory(SamlAssertionOptions options, X509Certificate2 certificate, TimeProvider clock, SamlIdGenerator ids)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(certificate);
        _profile = SamlProfile.Create(options);
        _signer = new(certificate, options.IncludeCertificate);
        (_clock, _ids) = (clock, ids);
    }

    /// <summary>Makes an assertion; its value is the Assertion element as base64url without padding (RFC 7522 section 2.1).</summary>
    /// <param name="context">
    /// What it is for. Its subject goes before the configured one, and its claims become attributes; its issuer and token endpoint stand in
    /// for an audience and a recipient that are not configured.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="JwtGrantException">Something that the assertion must say is not known, or it could not be signed.</exception>
    public ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var content = SamlContent.Create(_profile, context);
        // Whole seconds, rounded down: a server whose clock is a moment behind refuses an IssueInstant in its future.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = issuedAt + _profile.Lifetime;
        var id = _ids.Next();
        var signed = _signer.Sign(SamlXml.Write(_profile, content, id, issuedAt, expiresAt), id);
        return new(new Assertion(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(signed)), TypeFor(context.Purpose), expiresAt));
    }

    private static string TypeFor(AssertionPurpose purpose) => purpose is AssertionPurpose.SubjectToken or AssertionPurpose.ActorToken
        ? TokenTypes.Saml2
        // RFC 7522 section 2.2. A grant has no type on the wire; a client that would authenticate by it is refused by this name (RFC
        // 10070).
        : "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
}
