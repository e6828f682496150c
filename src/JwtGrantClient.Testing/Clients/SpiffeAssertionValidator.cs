using System.Text.Json;
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

    public ClientRegistration Validate(string svid, RecordedRequest? record)
    {
        var rules = new BrokenRules(Use, settings.Options.Leniency);
        var jwt = SignedJwt.Parse(svid, Use, rules);
        var algorithm = jwt?.Header is { } header ? HeaderRules.Check(header, Use, settings, rules) : null;
        AssertionIssuer? client = null;
        if (jwt?.Claims is { } claims)
        {
            client = FindClient(claims, rules);
            if (client is not null && algorithm is not null && FindKeyOwner(client, rules) is { } owner)
                SignatureRules.Check(jwt, jwt.Header!.Value, owner, algorithm, Use, rules);
            _audience.Check(claims, Use, rules);
            _times.Check(claims, Use, rules);
        }
        rules.Conclude(record);
        return client!.Client!;
    }

    private AssertionIssuer? FindClient(JsonElement claims, BrokenRules rules)
    {
        var id = claims.ReadText("sub", out var problem);
        var client = registry.FindSpiffeClient(id);
        if (id is null)
            rules.Add("S10", Clause, $"The JWT-SVID {problem}.");
        else if (client is null)
            rules.Add("S10", Clause, $"The JWT-SVID's sub is '{id}'; no client is registered with that SpiffeId.");
        else
            rules.Party = client.Leniency;
        return client;
    }

    // The client's own keys if it has any; otherwise those of the trusted issuer that is named spiffe://trust-domain.
    private AssertionIssuer? FindKeyOwner(AssertionIssuer client, BrokenRules rules)
    {
        if (client.Keys.Count > 0)
            return client;
        var id = client.Client!.SpiffeId!;
        var name = Scheme + id[Scheme.Length..].Split('/')[0];
        var trustDomain = registry.FindTrustedIssuer(name);
        if (trustDomain is null)
            rules.Add("S07", Clause, $"There are no keys for '{name}'. Set the Jwks of '{client.Name}', or trust an issuer of that name.");
        else if (trustDomain.AllowedSubjects?.Contains(id) == false)
            rules.Add("S11", Clause, $"'{name}' is not allowed to assert the subject '{id}'.");
        return trustDomain;
    }
}
