using System.Text.Json;
using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Judging;

/// <summary>S10 and S11: who says it, and of whom.</summary>
internal static class PartyRules
{
    private const string IssuerClause = "RFC 7523 section 3 item 1";
    private const string ClientClause = "RFC 7523 section 3 item 2 B, OpenID Connect Core section 9";
    private const string SubjectClause = "RFC 7523 section 3 item 2";

    /// <summary>Read before the signature, for the key to check it with; nothing else hangs on it until then.</summary>
    public static AssertingParty FindSigner(CompactJwt jwt, AssertionUse use, Directory directory)
    {
        var issuer = Text(jwt, "iss", "S10", IssuerClause, use);
        var signer = directory.Signer(issuer, use)
            ?? throw use.Refuse("S10", IssuerClause, $"iss is {Quote.Of(issuer)}, which is not registered here. Known: {directory.KnownTo(use)}.");
        if (use == AssertionUse.ClientAuthentication && signer is RegisteredClient { IsConfidential: false })
            throw use.Refuse("S10", ClientClause, $"client {Quote.Of(issuer)} is registered with the method 'none', not private_key_jwt.");
        return signer;
    }

    public static string CheckSubject(CompactJwt jwt, AssertionUse use, AssertingParty signer, string? clientId)
    {
        var subject = Text(jwt, "sub", "S11", SubjectClause, use);
        if (use == AssertionUse.ClientAuthentication && subject != signer.Name)
            throw use.Refuse("S10", ClientClause, $"sub is {Quote.Of(subject)} and iss is {Quote.Of(signer.Name)}. Both must be the client_id.");
        if (use == AssertionUse.ClientAuthentication && clientId is not null && clientId != signer.Name)
            throw use.Refuse(
                "S10", "RFC 7521 section 4.2", $"sub is {Quote.Of(subject)} and the form's client_id is {Quote.Of(clientId)}. Send the same, or no client_id.");
        if (use == AssertionUse.Grant && !signer.MaySpeakFor(subject))
            throw use.Refuse(
                "S11", SubjectClause, $"sub is {Quote.Of(subject)}, for whom {Quote.Of(signer.Name)} may not speak. Add it to AllowedSubjects, or use another.");
        return subject;
    }

    private static string Text(CompactJwt jwt, string name, string rule, string clause, AssertionUse use) =>
        !jwt.Payload.TryGetProperty(name, out var value) ? throw use.Refuse(rule, clause, $"claim {name} is missing.")
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text
        : throw use.Refuse(rule, clause, $"claim {name} is {Quote.Of(value)}. Expected a string that is not empty.");
}
