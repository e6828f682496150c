using System.Collections.Concurrent;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Validates a SAML 2.0 bearer assertion (RFC 7522 section 3): syntax, issuer and signature first; then, only on the content that the
/// signature covers, all other rules. The ID is recorded last.
/// </summary>
internal sealed class SamlAssertionValidator(ServerSettings settings)
{
    private readonly ConcurrentDictionary<string, AssertionIssuer> _issuers = new(StringComparer.Ordinal);
    private readonly ReplayStore _replays = new(settings.Options.TimeProvider, settings.Options.ClockSkew);
    private readonly SamlStructureRules _structure = new(settings);
    private readonly SamlTimes _times = new(settings);
    private readonly ConditionRules _conditions = new(settings, new(settings));
    private readonly SubjectRules _subject = new(settings, new(settings));

    /// <exception cref="ArgumentException">The certificate cannot be used.</exception>
    public void Trust(TrustedSamlIssuer issuer) => _issuers[issuer.Issuer] = new(
        issuer.Issuer, null, KeyReader.Read(issuer.CertificatePem, null, null, issuer.Issuer), null, issuer.AllowedSubjects);

    /// <param name="assertion">The assertion in base64url.</param>
    /// <param name="request">The number of the request.</param>
    /// <exception cref="RefusedException">The assertion breaks a rule.</exception>
    public ValidatedSamlAssertion Validate(string assertion, int request)
    {
        var (signed, issuer) = Verify(assertion);
        var validated = CheckContent(signed, issuer);
        // Only an assertion that is valid in every other way uses up its ID.
        if (_replays.FindOrRecord(validated.Issuer, signed.Attribute("ID")!, validated.ExpiresAt, request) is { } first)
            throw SamlRefusal.Create("X12", "item 6",
                $"The assertion's ID is that of request {first} again. An assertion is single-use: create a new one for each request, including retries.");
        return validated;
    }

    /// <summary>
    /// Validates an assertion that a client got when its user signed in, and exchanges here. Its audience is the client, its recipient is a URL of the
    /// client, and it may be presented again.
    /// </summary>
    /// <exception cref="RefusedException">The assertion breaks a rule.</exception>
    public ValidatedSamlAssertion ValidateForClient(string assertion, string clientId)
    {
        var (signed, issuer) = Verify(assertion);
        return CheckContent(signed, issuer, clientId);
    }

    private (XmlElement Signed, AssertionIssuer Issuer) Verify(string assertion)
    {
        var root = SamlDocument.Decode(assertion).DocumentElement!;
        SamlStructureRules.CheckStructure(root);
        var issuer = FindIssuer(root);
        return (XmlSignature.Verify(root, issuer), issuer);
    }

    // The issuer's name is not verified yet. It only selects the key.
    private AssertionIssuer FindIssuer(XmlElement root)
    {
        var name = SamlStructureRules.ReadIssuer(root);
        return _issuers.TryGetValue(name, out var issuer) ? issuer : throw SamlRefusal.Create("X03", "item 1",
            $"The Issuer is '{name}', which is not trusted for SAML assertions. Call TrustSamlIssuer for it, or correct the name.");
    }

    private ValidatedSamlAssertion CheckContent(XmlElement signed, AssertionIssuer issuer, string? clientId = null)
    {
        var conditionsEnd = _conditions.Check(signed, clientId);
        var subject = SubjectRules.CheckNameId(signed, issuer);
        var end = _subject.CheckConfirmation(signed, conditionsEnd, checksRecipient: clientId is null);
        _times.CheckLifetime(signed, end);
        _structure.CheckAuthnStatement(signed);
        return new(SamlStructureRules.ReadIssuer(signed), subject, end);
    }
}

/// <summary>The content of a valid assertion.</summary>
internal sealed record ValidatedSamlAssertion(string Issuer, string Subject, DateTimeOffset ExpiresAt);
