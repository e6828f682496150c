using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>
/// Judges a JWT-SVID as client authentication (draft-ietf-oauth-spiffe-client-auth-02): <c>sub</c> is the SPIFFE id, the keys are those of
/// its trust domain, the audience is the issuer alone. <c>iss</c>, <c>iat</c> and <c>jti</c> may be missing: the workload did not make it,
/// and presents it again until it is renewed.
/// </summary>
internal sealed class SpiffeAssertionValidator(ServerSettings terms, AssertionIssuerRegistry parties)
{
    private const string Clause = "draft-ietf-oauth-spiffe-client-auth-02", Scheme = "spiffe://";

    private static readonly AssertionUse Use = new("JWT-SVID", RefusedException.Client, "jwt", "jose");

    private readonly AudienceRules _audience = new(terms);
    private readonly TimeRules _times = new(terms, longest: TimeSpan.FromHours(1));

    public ClientRegistration Judge(string svid)
    {
        var jwt = SignedJwt.TryParse(svid, out var rule, out var problem)
            ?? throw Use.Refuse(rule, "RFC 7515 section 5.2", $"The JWT-SVID {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, terms);
        var id = jwt.Claims.Text("sub");
        var client = parties.SpiffeClient(id)
            ?? throw Use.Refuse("S10", Clause, $"The JWT-SVID's sub is '{id ?? "(missing)"}'; no client is registered with that SpiffeId.");
        AssertionValidator.CheckSignature(jwt, TrustDomain(client, id!), algorithm, Use);
        _audience.Check(jwt.Claims, Use);
        _times.Check(jwt.Claims, Use);
        return client.Client!;
    }

    // Its own keys, else those of the trust domain: an issuer trusted as spiffe://trust-domain.
    private AssertionIssuer TrustDomain(AssertionIssuer client, string id)
    {
        var name = Scheme + id[Scheme.Length..].Split('/')[0];
        if (client.Keys.Count > 0)
            return client;
        var domain = parties.TrustedIssuer(name)
            ?? throw Use.Refuse(
                "S07", Clause, $"There are no keys for '{name}': give '{client.Name}' its Jwks, or trust an issuer of that name.");
        return domain.AllowedSubjects?.Contains(id) == false
            ? throw Use.Refuse("S11", Clause, $"'{name}' may not speak for '{id}'.")
            : domain;
    }
}
