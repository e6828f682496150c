using System.Text.Json;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.IdentityAssertions;

/// <summary>
/// Checks the request that presents an ID-JAG: the resource authorization server's part. The JWT itself is valid already. It may be presented again until
/// its <c>exp</c>, which replaces a refresh token.
/// </summary>
internal static class IdJagGrantRules
{
    /// <param name="request">The request.</param>
    /// <param name="claims">The claims of the ID-JAG.</param>
    /// <param name="subject">Its subject.</param>
    /// <exception cref="RefusedException">The request does not fit the ID-JAG.</exception>
    public static GrantResult Validate(GrantRequest request, JsonElement claims, string subject)
    {
        var client = request.AuthenticatedClient ?? throw RefusedException.InvalidClient("S24", IdJag.GrantClause,
            "The grant is an ID-JAG, which requires client authentication, and the request has none.");
        var id = claims.ReadText("client_id", out var problem);
        if (id != client.Id)
            throw RefusedException.InvalidGrant("S24", IdJag.GrantClause, id is null
                ? $"The ID-JAG {problem}; expected '{client.Id}', the client that presents it."
                : $"The ID-JAG's client_id is '{id}', but '{client.Id}' presents it.");
        CheckKey(request, claims);
        var granted = claims.TryGetProperty("scope", out _)
            ? claims.ReadText("scope", out problem) ?? throw Invalid($"The ID-JAG {problem}.") : null;
        return new(client, client.Id, subject, GrantPolicy.NarrowScope(request.Form["scope"], granted, IdJag.GrantClause))
        {
            Targets = FindResources(request.Form, ReadResources(claims)),
        };
    }

    private static void CheckKey(GrantRequest request, JsonElement claims)
    {
        if (!claims.TryGetProperty("cnf", out var confirmation))
            return;
        var problem = "has 'cnf' that is not an object";
        var thumbprint = confirmation.ValueKind == JsonValueKind.Object ? confirmation.ReadText("jkt", out problem) : null;
        if (thumbprint is null)
            throw RefusedException.InvalidGrant("S24", IdJag.ProofClause, $"The ID-JAG's cnf {problem}; this server supports keys of DPoP.");
        if (request.Proof is null)
            throw RefusedException.InvalidGrant("S24", IdJag.ProofClause, "The ID-JAG is bound to a DPoP key, and the request has no DPoP proof.");
        if (request.Proof.Thumbprint != thumbprint)
            throw RefusedException.InvalidGrant("S24", IdJag.ProofClause,
                $"The ID-JAG is bound to the DPoP key with the thumbprint {thumbprint}; the proof is signed with {request.Proof.Thumbprint}.");
    }

    // One URI, or an array of them.
    private static IReadOnlyList<string> ReadResources(JsonElement claims)
    {
        if (!claims.TryGetProperty("resource", out var resource))
            return [];
        IReadOnlyList<JsonElement> values = resource.ValueKind == JsonValueKind.Array ? [.. resource.EnumerateArray()] : [resource];
        return values.All(value => value.ValueKind == JsonValueKind.String)
            ? [.. values.Select(value => value.GetString()!)]
            : throw Invalid("The ID-JAG's resource is neither a string nor an array of strings.");
    }

    // A request may select some of the resources. Null, for the issuer, if the ID-JAG has none.
    private static IReadOnlyList<string>? FindResources(TokenForm form, IReadOnlyList<string> granted) =>
        form.Resources.FirstOrDefault(resource => !granted.Contains(resource)) is { } other
            ? throw RefusedException.Create("invalid_target", "S24", IdJag.GrantClause, $"The resource is '{other}', which the ID-JAG does not contain.")
            : form.Resources.Count > 0 ? form.Resources : granted.Count > 0 ? granted : null;

    private static RefusedException Invalid(string explanation) => RefusedException.InvalidGrant("S24", IdJag.ClaimClause, explanation);
}
