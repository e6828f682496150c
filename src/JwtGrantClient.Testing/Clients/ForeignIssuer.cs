using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Clients;

/// <summary>A trusted issuer whose settings were checked, with its keys parsed.</summary>
internal sealed class ForeignIssuer : AssertingParty
{
    private readonly TrustedIssuer _trust;

    public ForeignIssuer(TrustedIssuer trust)
        : base(trust.Issuer, trust.SigningAlgorithm, KeySet.Load(trust.PublicKeyPem, trust.KeyId, trust.Jwks))
    {
        _trust = trust;
        Check(trust.SigningAlgorithm);
        if (trust.Issuer is "")
            throw new ArgumentException("Issuer is empty. Set it to the iss of the assertions to trust.");
        if (Keys.Keys.IsEmpty)
            throw new ArgumentException($"The trusted issuer {Quote.Of(Name)} has no key. Set PublicKeyPem or Jwks.");
    }

    public string? AllowedClient => _trust.AllowedClient;

    public override IReadOnlyList<string>? AllowedScopes => _trust.AllowedScopes;

    public override bool MaySpeakFor(string subject) => _trust.AllowedSubjects?.Contains(subject) ?? true;
}
