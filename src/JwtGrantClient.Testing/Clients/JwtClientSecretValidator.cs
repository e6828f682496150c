using System.Text.Json;
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

    public ClientRegistration Validate(string secret, ClientRegistration client, RecordedRequest? record)
    {
        var rules = new BrokenRules(Use, settings.Options.Leniency) { Party = client.Leniency };
        var jwt = SignedJwt.Parse(secret, Use, rules);
        if (jwt?.Header is { } header && HeaderRules.Check(header, Use, settings, rules) is { } algorithm)
            SignatureRules.Check(jwt, header, registry.FindClient(client.Id)!, algorithm, Use, rules);
        if (jwt?.Claims is { } claims)
        {
            CheckClaim(claims, "S10", "iss", client.ClientSecretIssuer!, rules);
            CheckClaim(claims, "S11", "sub", client.Id, rules);
            CheckClaim(claims, "S12", "aud", settings.Issuer, rules);
            _times.Check(claims, Use, rules);
        }
        rules.Conclude(record);
        return client;
    }

    private static void CheckClaim(JsonElement claims, string rule, string claim, string expected, BrokenRules rules)
    {
        var value = claims.ReadText(claim, out var problem);
        if (value is null)
            rules.Add(rule, Clause, $"The client secret {problem}. Expected '{expected}'.");
        else if (value != expected)
            rules.Add(rule, Clause, $"The client secret's {claim} is '{value}'; expected '{expected}'.");
    }
}
