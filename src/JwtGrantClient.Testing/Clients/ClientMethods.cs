using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.MutualTls;

namespace JwtGrantClient.Testing.Clients;

/// <summary>The client authentication methods, by their names in the metadata, and which of them a client may use.</summary>
internal static class ClientMethods
{
    public const string PrivateKeyJwt = "private_key_jwt", SecretBasic = "client_secret_basic", SecretPost = "client_secret_post",
        SpiffeJwt = "spiffe_jwt", TlsClientAuth = "tls_client_auth", SelfSignedTls = "self_signed_tls_client_auth", None = "none";

    private static readonly IReadOnlyList<string> MutualTlsMethods = [SelfSignedTls, TlsClientAuth];

    public static readonly IReadOnlyList<string> All = [PrivateKeyJwt, SecretBasic, SecretPost, SpiffeJwt, .. MutualTlsMethods, None];

    /// <summary>Returns the methods that a server with these options supports.</summary>
    public static IEnumerable<string> SupportedBy(StrictAuthorizationServerOptions options) =>
        All.Where(method => (options.MutualTls || !MutualTlsMethods.Contains(method)) && FapiRules.Allows(options, method));

    public static bool UsesCertificate(ClientRegistration client) => client.AuthenticationMethods.Any(MutualTlsMethods.Contains);

    /// <summary>Returns the methods that the client is registered for. Default: those that it has credentials for.</summary>
    public static IReadOnlyList<string> FindAllowed(ClientRegistration client) =>
        client.AllowedAuthenticationMethods ?? [.. All.Where(method => HasCredentials(client, method) && method != TlsClientAuth)];

    /// <exception cref="ArgumentException">
    /// The client has no credentials, or none for a method that it is registered for; or a method is unknown.
    /// </exception>
    public static void Validate(ClientRegistration client)
    {
        CertificateThumbprint.Validate(client.CertificateThumbprint);
        if (client.AllowedAuthenticationMethods is not { } allowed)
        {
            if (client.AuthenticationMethods.Count == 0)
                throw new ArgumentException($"'{client.Id}' needs either PublicKeyPem or Jwks, or another credential. A public client needs 'none' in AllowedAuthenticationMethods.");
            return;
        }
        if (allowed.FirstOrDefault(method => !All.Contains(method)) is { } unknown)
            throw new ArgumentException(
                $"'{client.Id}' has the authentication method '{unknown}'; this server knows {string.Join(", ", All)}.");
        if (allowed.FirstOrDefault(method => method != None && !HasCredentials(client, method)) is { } withoutCredentials)
            throw new ArgumentException($"'{client.Id}' is registered for {withoutCredentials}, but has no credentials for it.");
    }

    /// <exception cref="RefusedException">
    /// The client is not registered for the method (RFC 7591 section 2), or FAPI 2.0 does not allow it.
    /// </exception>
    public static void CheckAllowed(ClientRegistration client, string method, StrictAuthorizationServerOptions options)
    {
        if (!FapiRules.Allows(options, method))
            throw RefusedException.InvalidClient("S23", "FAPI 2.0 section 5.3.2.1 item 6",
                $"'{client.Id}' authenticates by {method}; FAPI 2.0 allows private_key_jwt and mutual TLS.");
        if (!client.AuthenticationMethods.Contains(method))
            throw RefusedException.InvalidClient("S17", "RFC 7591 section 2",
                $"'{client.Id}' authenticates by {method}, but is registered for {string.Join(", ", client.AuthenticationMethods)}.");
    }

    private static bool HasCredentials(ClientRegistration client, string method) => method switch
    {
        // With ClientSecretIssuer the client's keys verify only the JWT that replaces a secret. With SpiffeId the keys belong to the trust
        // domain. Neither serves private_key_jwt.
        PrivateKeyJwt => (client.PublicKeyPem ?? client.Jwks) is not null && client.ClientSecretIssuer is null && client.SpiffeId is null,
        SecretBasic => client.ClientSecret is not null,
        SecretPost => (client.ClientSecret ?? client.ClientSecretIssuer) is not null,
        SpiffeJwt => client.SpiffeId is not null,
        SelfSignedTls or TlsClientAuth => client.CertificateThumbprint is not null,
        _ => false,
    };
}
