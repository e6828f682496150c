using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>
/// Judges a JWT in place of a client secret, as Sign in with Apple has it: signed by the client's key, issued by its team, for this server,
/// and good for half a year of reuse, so its <c>jti</c> does not matter.
/// </summary>
internal sealed class ClientSecretValidator(ServerSettings terms, AssertionIssuerRegistry parties)
{
    private const string Clause = "Sign in with Apple, creating a client secret";
    private static readonly AssertionUse Use = new("client secret", RefusedException.Client, "jwt");

    private readonly TimeRules _times = new(terms, longest: TimeSpan.FromSeconds(15_777_000));

    public ClientRegistration Judge(string secret, ClientRegistration client)
    {
        var jwt = SignedJwt.TryParse(secret, out var rule, out var problem)
            ?? throw Use.Refuse(rule, "RFC 7515 section 5.2", $"The client secret {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, terms);
        AssertionValidator.CheckSignature(jwt, parties.Client(client.Id)!, algorithm, Use);
        Demand("S10", "iss", jwt.Claims.Text("iss"), client.ClientSecretIssuer!);
        Demand("S11", "sub", jwt.Claims.Text("sub"), client.Id);
        Demand("S12", "aud", jwt.Claims.Text("aud"), terms.Issuer);
        _times.Check(jwt.Claims, Use);
        return client;
    }

    private static void Demand(string rule, string claim, string? seen, string expected)
    {
        if (seen != expected)
            throw Use.Refuse(rule, Clause, $"The client secret's {claim} is '{seen ?? "(missing)"}'; expected '{expected}'.");
    }
}
