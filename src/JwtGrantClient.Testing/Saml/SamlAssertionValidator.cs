using System.Collections.Concurrent;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Judges one SAML 2.0 bearer assertion by RFC 7522 section 3 (open first), in the order that leaks least and records last: syntax, issuer,
/// signature; then, of what the signature covers and of nothing else, the rest; then replay.
/// </summary>
internal sealed class SamlAssertionValidator(ServerSettings terms)
{
    private readonly ConcurrentDictionary<string, AssertionIssuer> _issuers = new(StringComparer.Ordinal);
    private readonly ReplayStore _replays = new(terms.Options.TimeProvider, terms.Options.ClockSkew);
    private readonly SamlStructureRules _frame = new(terms);
    private readonly SamlTimes _times = new(terms);
    private readonly ConditionRules _conditions = new(terms, new(terms));
    private readonly SubjectRules _subject = new(terms, new(terms));

    /// <exception cref="ArgumentException">The certificate cannot be used.</exception>
    public void Trust(TrustedSamlIssuer issuer) => _issuers[issuer.Issuer] = new(
        issuer.Issuer, null, KeyReader.Read(issuer.CertificatePem, null, null, issuer.Issuer), null, issuer.AllowedSubjects);

    /// <exception cref="RefusedException">A rule is broken.</exception>
    public ValidatedSamlAssertion Judge(string assertion)
    {
        var root = SamlDocument.Decode(assertion).DocumentElement!;
        SamlStructureRules.CheckFrame(root);
        var party = FindIssuer(root);
        var verified = XmlSignature.Verify(root, party);
        var judged = Read(verified, party);
        // Only what is good in every other way may use up its id.
        if (!_replays.TryRecord(judged.Issuer, verified.Text("ID")!, judged.ExpiresAt))
            throw SamlRefusal.Create("X12", "item 6",
                "The assertion's ID was seen before. An assertion is for one use: make a new one for each request, retries included.");
        return judged;
    }

    // The unverified name says whose key to try, and nothing more.
    private AssertionIssuer FindIssuer(XmlElement root)
    {
        var name = SamlStructureRules.IssuerOf(root);
        return _issuers.TryGetValue(name, out var party) ? party : throw SamlRefusal.Create("X03", "item 1",
            $"The Issuer is '{name}', who is not trusted here for SAML assertions. Trust it by TrustSamlIssuer, or correct the name.");
    }

    private ValidatedSamlAssertion Read(XmlElement verified, AssertionIssuer party)
    {
        var conditionsEnd = _conditions.Check(verified);
        var subject = SubjectRules.CheckName(verified, party);
        var end = _subject.CheckConfirmation(verified, conditionsEnd);
        _times.CheckLife(verified, end);
        _frame.CheckAuthentication(verified);
        return new(SamlStructureRules.IssuerOf(verified), subject, end);
    }
}

/// <summary>What a good assertion says.</summary>
internal sealed record ValidatedSamlAssertion(string Issuer, string Subject, DateTimeOffset ExpiresAt);
