using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>
/// Validates a JWT-SVID as client authentication (draft-ietf-oauth-spiffe-client-auth-02). Its <c>sub</c> is the SPIFFE id, the keys are
/// those of the trust domain, and the audience is only the issuer. The claims <c>iss</c>, <c>iat</c> and <c>jti</c> are optional, because
/// the workload does not create the JWT-SVID and presents it again until it is refreshed.
/// </summary>
internal sealed class SpiffeAssertionValidator(ServerSettings settings, AssertionIssuerRegistry registry)
{
    private const string Clause = "draft-ietf-oauth-spiffe-client-auth-02", Scheme = "spiffe://";

    private static readonly AssertionUse Use = new("JWT-SVID", RefusedException.InvalidClient, "jwt", "jose");

    private readonly AudienceRules _audience = new(settings);
    private readonly TimeRules _times = new(settings, maxLifetime: TimeSpan.FromHours(1));

    public ClientRegistration Validate(string svid)
    {
        var jwt = SignedJwt.TryParse(svid, out var rule, out var problem)
            ?? throw Use.Refuse(rule, "RFC 7515 section 5.2", $"The JWT-SVID {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, settings);
        var id = jwt.Claims.GetStringOrNull("sub");
        var client = registry.FindSpiffeClient(id)
            ?? throw Use.Refuse("S10", Clause, $"The JWT-SVID's sub is '{id ?? "(missing)"}'; no client is registered with that SpiffeId.");
        AssertionValidator.CheckSignature(jwt, FindKeyOwner(client, id!), algorithm, Use);
        _audience.Check(jwt.Claims, Use);
        _times.Check(jwt.Claims, Use);
        return client.Client!;
    }

    // The client's own keys if it has any; otherwise those of the trusted issuer that is named spiffe://trust-domain.
    private AssertionIssuer FindKeyOwner(AssertionIssuer client, string id)
    {
        if (client.Keys.Count > 0)
            return client;
        var name = Scheme + id[Scheme.Length..].Split('/')[0];
        var trustDomain = registry.FindTrustedIssuer(name)
            ?? throw Use.Refuse(
                "S07", Clause, $"There are no keys for '{name}'. Set the Jwks of '{client.Name}', or trust an issuer of that name.");
        return trustDomain.AllowedSubjects?.Contains(id) == false
            ? throw Use.Refuse("S11", Clause, $"'{name}' is not allowed to assert the subject '{id}'.")
            : trustDomain;
    }
}
