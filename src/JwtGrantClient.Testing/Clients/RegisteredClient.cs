using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Clients;

/// <summary>A registration that was checked, with its keys parsed.</summary>
internal sealed class RegisteredClient : AssertingParty
{
    private readonly ClientRegistration _registration;

    public RegisteredClient(ClientRegistration registration)
        : base(registration.Id, registration.SigningAlgorithm, KeySet.Load(registration.PublicKeyPem, registration.KeyId, registration.Jwks))
    {
        _registration = registration;
        Check(registration.SigningAlgorithm);
        if (registration.Id is "" || registration.Id.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"Id is {Quote.Of(registration.Id)}. Expected visible ASCII characters (RFC 6749 appendix A.1).");
        if (!TokenEndpointAuthMethods.All.Contains(registration.TokenEndpointAuthMethod))
            throw new ArgumentException(
                $"TokenEndpointAuthMethod is {Quote.Of(registration.TokenEndpointAuthMethod)}. Expected one of {Quote.List(TokenEndpointAuthMethods.All)}.");
        if (registration.AllowedGrants?.FirstOrDefault(grant => !GrantTypes.All.Contains(grant)) is { } unknown)
            throw new ArgumentException($"AllowedGrants holds {Quote.Of(unknown)}. Expected some of {Quote.List(GrantTypes.All)}.");
        if (Keys.Keys.IsEmpty && IsConfidential)
            throw new ArgumentException($"The client {Quote.Of(Name)} has no key. Set PublicKeyPem or Jwks.");
    }

    public bool IsConfidential => _registration.TokenEndpointAuthMethod != TokenEndpointAuthMethods.None;

    public override IReadOnlyList<string>? AllowedScopes => _registration.AllowedScopes;

    public IReadOnlyList<string> AllowedGrants => _registration.AllowedGrants ?? GrantTypes.All;

    public override bool MaySpeakFor(string subject) => subject == Name || _registration.AllowedSubjects.Contains(subject);
}
