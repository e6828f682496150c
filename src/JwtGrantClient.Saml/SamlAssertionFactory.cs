using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using JwtGrantClient.Saml;

namespace JwtGrantClient;

/// <summary>
/// Creates SAML 2.0 bearer assertions (RFC 7522), signed with RSA and SHA-256. Each call creates a new assertion, because an assertion is
/// single-use. Safe for concurrent use.
/// </summary>
/// <example>
/// <see cref="ProvideAsync"/> is an <see cref="AssertionProvider"/>, here for a request that is not cached:
/// <code>
/// var factory = new SamlAssertionFactory(
///     new SamlAssertionOptions { Issuer = "https://payroll.example.com", Subject = "alice" }, certificate);
/// TokenResponse response = await endpoint.RequestAsync(
///     Grant.Saml2Bearer(factory.ProvideAsync, TokenRequest.Default), cancellationToken);
/// </code>
/// </example>
public sealed class SamlAssertionFactory
{
    private readonly SamlProfile _profile;
    private readonly SamlSigner _signer;
    private readonly TimeProvider _clock;
    private readonly SamlIdGenerator _ids;

    /// <summary>Initializes a factory.</summary>
    /// <param name="options">The options of the assertions, which are copied.</param>
    /// <param name="certificate">
    /// The certificate with its RSA private key of at least 2048 bits. The caller disposes it, after the last use of the factory.
    /// </param>
    /// <param name="time">The clock. Default: <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> or <paramref name="certificate"/> is null.</exception>
    /// <exception cref="JwtGrantException">An option is missing or not valid, or the key is missing, not RSA or too small.</exception>
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

    /// <summary>Creates an assertion. Its value is the Assertion element in base64url without padding (RFC 7522 section 2.1).</summary>
    /// <param name="context">
    /// What the assertion is for. Its subject overrides the configured subject, and its claims become attributes. Its issuer and token endpoint
    /// are used if no audience and no recipient are configured.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The signed assertion.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    /// <exception cref="JwtGrantException">A required value is neither configured nor in the context, or the signing failed.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var content = SamlContent.Create(_profile, context);
        // Rounded down to whole seconds: a server whose clock is slightly behind rejects an IssueInstant in the future.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        var expiresAt = issuedAt + _profile.Lifetime;
        var id = _ids.Next();
        var signed = _signer.Sign(SamlXml.Write(_profile, content, id, issuedAt, expiresAt), id);
        return new(new Assertion(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(signed)), GetAssertionType(context.Purpose), expiresAt));
    }

    private static string GetAssertionType(AssertionPurpose purpose) => purpose is AssertionPurpose.SubjectToken or AssertionPurpose.ActorToken
        ? TokenTypes.Saml2
        // RFC 7522 section 2.2. A grant sends no type. If the assertion is used as a client assertion, the library recognizes this type and rejects
        // it (RFC 10070).
        : "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
}
