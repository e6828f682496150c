using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Finds out who the client is, if it says so, and by which one method (open first; RFC 6749 section 2.3).</summary>
internal sealed class ClientAuthenticator(
    StrictAuthorizationServerOptions options,
    AssertionValidator judge,
    ClientSecretValidator jwtSecrets,
    SpiffeAssertionValidator spiffe,
    AssertionIssuerRegistry parties)
{
    private const string JwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string JwtSpiffe = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
    private const string Saml2Bearer = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

    /// <returns>The client that proved itself; null where the request has no credentials.</returns>
    /// <exception cref="RefusedException">It tried and failed, or tried in two ways.</exception>
    public ClientRegistration? Authenticate(ServerRequest request, TokenForm form)
    {
        var (assertion, type) = (form["client_assertion"], form["client_assertion_type"]);
        var (header, secret) = (request.Header("Authorization"), form["client_secret"]);
        string?[] tried = [assertion ?? type, header, secret];
        if (tried.Count(one => one is not null) > 1)
            throw RefusedException.Request("S01", "RFC 6749 section 2.3", "The client authenticates in two ways at once; use one.");
        return header is not null ? ByHeader(header, form)
            : secret is not null ? BySecretInForm(secret, form)
            : assertion is not null || type is not null ? ByAssertion(assertion, type, form)
            : request.CertificateThumbprint is { } thumbprint ? ByCertificate(thumbprint, form)
            : null;
    }

    /// <summary>A <c>client_id</c> beside other evidence must name the same client.</summary>
    public static void DemandSameClient(TokenForm form, ClientRegistration client)
    {
        if (form["client_id"] is { } id && id != client.Id)
            throw RefusedException.Client("S10", "RFC 7521 section 4.2",
                $"The client_id is '{id}', but the credentials are those of '{client.Id}'.");
    }

    /// <summary>The client that <c>client_id</c> names, unproven.</summary>
    public ClientRegistration? Named(TokenForm form) => form["client_id"] is not { } id ? null : parties.Client(id)?.Client
        ?? throw RefusedException.Client("S10", "RFC 6749 section 5.2", $"The client_id is '{id}', which is not registered here.");

    /// <summary>The client that <c>client_id</c> names, where it is registered as one that has nothing to prove itself by.</summary>
    public ClientRegistration? Public(TokenForm form) =>
        parties.Client(form["client_id"])?.Client is { } client && ClientMethods.For(client).Contains(ClientMethods.None) ? client : null;

    private ClientRegistration ByHeader(string header, TokenForm form)
    {
        var (id, secret) = BasicHeader.TryParse(header, out var problem)
            ?? throw RefusedException.Client("S17", BasicHeader.Clause, problem);
        var client = Registered(id);
        DemandSameClient(form, client);
        ClientMethods.Demand(client, ClientMethods.SecretBasic, options);
        return SecretRules.Check(client, secret);
    }

    private ClientRegistration BySecretInForm(string secret, TokenForm form)
    {
        var client = Registered(form["client_id"] ?? throw RefusedException.Client("S17", "RFC 6749 section 2.3.1",
            "There is a client_secret without a client_id."));
        ClientMethods.Demand(client, ClientMethods.SecretPost, options);
        return client.ClientSecretIssuer is null ? SecretRules.Check(client, secret) : jwtSecrets.Judge(secret, client);
    }

    private ClientRegistration ByAssertion(string? assertion, string? type, TokenForm form)
    {
        if (type == Saml2Bearer)
            throw RefusedException.Client("S02", "RFC 10070",
                "A SAML assertion is no client authentication any more: its audience cannot be pinned to the issuer. Use private_key_jwt.");
        if (type is not (JwtBearer or JwtSpiffe) || assertion is null)
            throw RefusedException.Client("S02", "RFC 7521 section 4.2", assertion is null
                ? "There is a client_assertion_type without a client_assertion."
                : $"The client_assertion_type is '{type ?? "missing"}'; expected {JwtBearer}.");
        if (assertion == form["assertion"])
            throw RefusedException.Client("S09a", "RFC 7523 section 3 item 7",
                "One JWT is used as grant and as client assertion; its jti is single-use. Make two.");
        var client = type == JwtSpiffe
            ? spiffe.Judge(assertion) : judge.Judge(assertion, AssertionUse.ClientAuthentication).AssertionIssuer.Client!;
        DemandSameClient(form, client);
        ClientMethods.Demand(client, type == JwtSpiffe ? ClientMethods.SpiffeJwt : ClientMethods.PrivateKeyJwt, options);
        return client;
    }

    // Beside other credentials, or for a client that is registered for others, the certificate does no more than bind the token.
    private ClientRegistration? ByCertificate(string thumbprint, TokenForm form)
    {
        var client = Named(form) ?? throw RefusedException.Request("S22", "RFC 8705 section 2",
            "There is a client certificate without a client_id in the form.");
        if (!ClientMethods.UsesCertificate(client))
            return null;
        return client.CertificateThumbprint == thumbprint ? client : throw RefusedException.Client("S22", "RFC 8705 section 2.2",
            $"The client certificate's x5t#S256 is {thumbprint}; '{client.Id}' is registered with {client.CertificateThumbprint}.");
    }

    private ClientRegistration Registered(string id) => parties.Client(id)?.Client
        ?? throw RefusedException.Client("S17", "RFC 6749 section 2.3.1", $"The client '{id}' is not registered here.");
}
