using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>
/// Validates a JWT that replaces a client secret, as in Sign in with Apple: signed with the client's key, with the team as issuer and this
/// server as audience. It is reusable for about half a year, so its <c>jti</c> is not checked.
/// </summary>
internal sealed class JwtClientSecretValidator(ServerSettings settings, AssertionIssuerRegistry registry)
{
    private const string Clause = "Sign in with Apple, creating a client secret";
    private static readonly AssertionUse Use = new("client secret", RefusedException.InvalidClient, "jwt");

    private readonly TimeRules _times = new(settings, maxLifetime: TimeSpan.FromSeconds(15_777_000));

    public ClientRegistration Validate(string secret, ClientRegistration client)
    {
        var jwt = SignedJwt.TryParse(secret, out var rule, out var problem)
            ?? throw Use.Refuse(rule, "RFC 7515 section 5.2", $"The client secret {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, settings);
        AssertionValidator.CheckSignature(jwt, registry.FindClient(client.Id)!, algorithm, Use);
        CheckClaim("S10", "iss", jwt.Claims.GetStringOrNull("iss"), client.ClientSecretIssuer!);
        CheckClaim("S11", "sub", jwt.Claims.GetStringOrNull("sub"), client.Id);
        CheckClaim("S12", "aud", jwt.Claims.GetStringOrNull("aud"), settings.Issuer);
        _times.Check(jwt.Claims, Use);
        return client;
    }

    private static void CheckClaim(string rule, string claim, string? value, string expected)
    {
        if (value != expected)
            throw Use.Refuse(rule, Clause, $"The client secret's {claim} is '{value ?? "(missing)"}'; expected '{expected}'.");
    }
}
