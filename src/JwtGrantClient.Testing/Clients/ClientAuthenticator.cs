using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Authenticates the client of a request by exactly one method (RFC 6749 section 2.3).</summary>
internal sealed class ClientAuthenticator(
    StrictAuthorizationServerOptions options,
    AssertionValidator assertions,
    JwtClientSecretValidator jwtSecrets,
    SpiffeAssertionValidator spiffeAssertions,
    AssertionIssuerRegistry registry)
{
    private const string JwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const string JwtSpiffe = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
    private const string Saml2Bearer = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";

    /// <returns>The authenticated client; null if the request has no credentials.</returns>
    /// <exception cref="RefusedException">The credentials are invalid, or the request uses more than one method.</exception>
    public ClientRegistration? Authenticate(ServerRequest request, TokenForm form)
    {
        var (assertion, type) = (form["client_assertion"], form["client_assertion_type"]);
        var (header, secret) = (request.Header("Authorization"), form["client_secret"]);
        CheckSingleMethod(header is not null, secret is not null, assertion is not null ? "client_assertion" : type is not null ? "client_assertion_type" : null);
        return header is not null ? AuthenticateByHeader(header, form)
            : secret is not null ? AuthenticateBySecretInForm(secret, form, request.Record)
            : assertion is not null || type is not null ? AuthenticateByAssertion(assertion, type, form, request.Record)
            : request.CertificateThumbprint is { } thumbprint ? AuthenticateByCertificate(thumbprint, form)
            : null;
    }

    private static void CheckSingleMethod(bool hasHeader, bool hasSecret, string? assertionField)
    {
        if ((hasHeader ? 1 : 0) + (hasSecret ? 1 : 0) + (assertionField is null ? 0 : 1) <= 1)
            return;
        string?[] names = [hasHeader ? "the Authorization header" : null, hasSecret ? "client_secret" : null, assertionField];
        throw RefusedException.InvalidRequest("S01", "RFC 6749 section 2.3",
            $"The request has {string.Join(" and ", names.Where(name => name is not null))}. Use one client authentication method.");
    }

    /// <summary>Checks that <c>client_id</c>, if the form has one, names the given client.</summary>
    public static void CheckClientId(TokenForm form, ClientRegistration client)
    {
        if (form["client_id"] is { } id && id != client.Id)
            throw RefusedException.InvalidClient(
                "S10", "RFC 7521 section 4.2", $"The client_id is '{id}', but the credentials are those of '{client.Id}'.");
    }

    /// <summary>Returns the client that <c>client_id</c> names, without authentication; null if the form has no <c>client_id</c>.</summary>
    public ClientRegistration? FindNamedClient(TokenForm form) => form["client_id"] is not { } id ? null : registry.FindClient(id)?.Client
        ?? throw RefusedException.InvalidClient("S10", "RFC 6749 section 5.2", $"The client_id is '{id}', which is not registered.");

    /// <summary>Returns the client that <c>client_id</c> names if it is registered as a public client; otherwise null.</summary>
    public ClientRegistration? FindPublicClient(TokenForm form) =>
        registry.FindClient(form["client_id"])?.Client is { } client && client.AuthenticationMethods.Contains(ClientMethods.None) ? client : null;

    private ClientRegistration AuthenticateByHeader(string header, TokenForm form)
    {
        var (id, secret) = BasicHeader.TryParse(header, out var problem)
            ?? throw RefusedException.InvalidClient("S17", BasicHeader.Clause, problem);
        var client = GetClient(id);
        CheckClientId(form, client);
        ClientMethods.CheckAllowed(client, ClientMethods.SecretBasic, options);
        return ClientSecretValidator.Validate(
            client, secret, "Check the secret, and that id and secret are form-encoded before base64 in the Authorization header.");
    }

    private ClientRegistration AuthenticateBySecretInForm(string secret, TokenForm form, RecordedRequest? record)
    {
        var client = GetClient(form["client_id"] ?? throw RefusedException.InvalidClient(
            "S17", "RFC 6749 section 2.3.1", "The form has a client_secret but no client_id."));
        ClientMethods.CheckAllowed(client, ClientMethods.SecretPost, options);
        return client.ClientSecretIssuer is null
            ? ClientSecretValidator.Validate(client, secret, "Check the secret, and that the form field is encoded once.")
            : jwtSecrets.Validate(secret, client, record);
    }

    private ClientRegistration AuthenticateByAssertion(string? assertion, string? type, TokenForm form, RecordedRequest? record)
    {
        if (type == Saml2Bearer)
            throw RefusedException.InvalidClient("S02", "RFC 10070",
                "A SAML assertion no longer authenticates a client, because its audience cannot be restricted to the issuer. Use private_key_jwt.");
        if (type is not (JwtBearer or JwtSpiffe) || assertion is null)
            throw RefusedException.InvalidClient("S02", "RFC 7521 section 4.2", assertion is null
                ? "The form has a client_assertion_type but no client_assertion."
                : $"The client_assertion_type is '{type ?? "missing"}'; expected {JwtBearer}.");
        if (assertion == form["assertion"])
            throw RefusedException.InvalidClient("S09a", "RFC 7523 section 3 item 7",
                "The same JWT is both grant and client assertion, but its jti is single-use. Create two JWTs.");
        var client = type == JwtSpiffe
            ? spiffeAssertions.Validate(assertion, record)
            : assertions.Validate(assertion, AssertionUse.ClientAuthentication, record).Signer.Client!;
        CheckClientId(form, client);
        ClientMethods.CheckAllowed(client, type == JwtSpiffe ? ClientMethods.SpiffeJwt : ClientMethods.PrivateKeyJwt, options);
        return client;
    }

    // If the request has other credentials, or the client is registered for another method, the certificate only binds the token.
    private ClientRegistration? AuthenticateByCertificate(string thumbprint, TokenForm form)
    {
        var client = FindNamedClient(form) ?? throw RefusedException.InvalidRequest(
            "S22", "RFC 8705 section 2", "The connection has a client certificate, but the form has no client_id.");
        if (!ClientMethods.UsesCertificate(client))
            return null;
        return client.CertificateThumbprint == thumbprint ? client : throw RefusedException.InvalidClient("S22", "RFC 8705 section 2.2",
            $"The client certificate's x5t#S256 is {thumbprint}; '{client.Id}' is registered with {client.CertificateThumbprint}.");
    }

    private ClientRegistration GetClient(string id) => registry.FindClient(id)?.Client
        ?? throw RefusedException.InvalidClient("S17", "RFC 6749 section 2.3.1", $"The client '{id}' is not registered.");
}
