using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Finds out who the client is, if it says so (RFC 7521 section 4.2).</summary>
internal sealed class ClientAuthenticator(AssertionJudge judge, ClientSecretJudge secrets, PartyDirectory parties)
{
    private const string JwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <returns>The client that proved itself; null where the request has no credentials.</returns>
    /// <exception cref="RefusedException">It tried and failed, or tried in two ways.</exception>
    public ClientRegistration? Authenticate(ServerRequest request, TokenForm form)
    {
        var (assertion, type) = (form["client_assertion"], form["client_assertion_type"]);
        var hasHeader = request.Header("Authorization") is not null;
        if (assertion is not null && (hasHeader || form["client_secret"] is not null))
            throw RefusedException.Request("S01", "RFC 6749 section 2.3", "The client authenticates in two ways at once; use one.");
        if (hasHeader)
            throw RefusedException.Client("S17", "RFC 6749 section 2.3.1",
                "This server knows no passwords; authenticate by a client assertion.");
        if (form["client_secret"] is { } secret)
            return secrets.Judge(secret, form["client_id"]);
        if (assertion is null && type is null)
            return null;
        if (type != JwtBearer || assertion is null)
            throw RefusedException.Client("S02", "RFC 7521 section 4.2", assertion is null
                ? "There is a client_assertion_type without a client_assertion."
                : $"The client_assertion_type is '{type ?? "missing"}'; expected {JwtBearer}.");
        if (assertion == form["assertion"])
            throw RefusedException.Client("S09a", "RFC 7523 section 3 item 7",
                "One JWT is used as grant and as client assertion; its jti is single-use. Make two.");
        var client = judge.Judge(assertion, AssertionUse.ClientAuthentication).Party.Client!;
        DemandSameClient(form, client);
        if (client.ClientSecretIssuer is not null)
            throw RefusedException.Client("S17", "RFC 8725 section 3.1",
                $"'{client.Id}' is registered for a JWT in place of a client secret, not for a client assertion.");
        return client;
    }

    /// <summary>A <c>client_id</c> beside other evidence must name the same client.</summary>
    public static void DemandSameClient(TokenForm form, ClientRegistration client)
    {
        if (form["client_id"] is { } id && id != client.Id)
            throw RefusedException.Client("S10", "RFC 7521 section 4.2",
                $"The client_id is '{id}', but the assertion is that of '{client.Id}'.");
    }

    /// <summary>The client that <c>client_id</c> names, unproven.</summary>
    public ClientRegistration? Named(TokenForm form) => form["client_id"] is not { } id ? null : parties.Client(id)?.Client
        ?? throw RefusedException.Client("S10", "RFC 6749 section 5.2", $"The client_id is '{id}', which is not registered here.");
}
