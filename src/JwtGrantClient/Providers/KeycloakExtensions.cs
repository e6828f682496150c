using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>
/// The provider <c>Keycloak</c>: access tokens of a realm for a client with a signed JWT as authentication, or for a user by the JWT authorization grant.
/// </summary>
public static class KeycloakExtensions
{
    private const string GrantPage = "https://www.keycloak.org/securing-apps/jwt-authorization-grant";
    private const string EndpointsPage = "https://www.keycloak.org/securing-apps/oidc-layers";
    private const string ClientPage = "https://www.keycloak.org/docs/latest/server_admin/#_client-credentials";

    internal static ProviderProfile Profile { get; } = new("Keycloak", "Keycloak", "docs/providers/keycloak.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.Type = JwtTypes.Jwt;
            // Counted from iat, whatever exp says.
            options.ClientAssertion.Lifetime = TimeSpan.FromMinutes(1);
            // The grant allows no clock skew.
            options.Assertion.Backdate = TimeSpan.FromSeconds(10);
        },
        Derive = (options, _) =>
        {
            if (options.Issuer is not null)
                options.TokenEndpoint ??= $"{options.Issuer}/protocol/openid-connect/token";
        },
        Required =
        [
            new("Issuer", "the URL of the realm, such as https://keycloak.example.com/realms/orders", options => options.Issuer is not null),
            new("ClientId", "the Client ID of a confidential client, from Clients", options => options.ClientId is not null || options.ClientAssertion is { TokenFile: not null } or { From: not null }),
            new("SigningKey", "the private key whose certificate or public key is in the tab Keys of the client", HasKey),
        ],
        FindProblems = FindProblems,
        Errors =
        [
            // The client assertion.
            new("invalid_client", "audience", "The audience of the client assertion must be the issuer of the realm, as its metadata shows it, and nothing else. Set Issuer to it and remove ClientAssertion:Audience. If Keycloak is called by another host name, set TokenEndpoint to that."),
            new("invalid_client", "too far in the past", "Keycloak accepts a client assertion for 60 s from its iat (Signed JWT max expiration of the client). Remove ClientAssertion:Backdate, and synchronize the clock of this machine (NTP).") { IsAboutTimes = true },
            new("invalid_client", "expiration is too far", "The client assertion has no iat, and its exp is later than Keycloak allows. Remove iat from ClientAssertion:OmittedClaims, or ClientAssertion:Lifetime."),
            new("invalid_client", "in the future", "The clock of this machine is ahead of that of Keycloak. Synchronize it (NTP).") { IsAboutTimes = true },
            new("invalid_client", "not active", "The client assertion was expired when it arrived, or the clock of this machine is wrong. Synchronize it (NTP), and remove ClientAssertion:Lifetime.") { IsAboutTimes = true },
            new("invalid_client", "load public key", "Keycloak has no key with this kid for the client. Import the certificate in the tab Keys of the client and remove SigningKey:KeyId, or enable Use JWKS URL there and set SigningKey:KeyId to the kid in that set."),
            new("invalid_client", "signature on jwt", "The key is not the one in the tab Keys of the client. Import its certificate there, or configure the private key that belongs to it."),
            new("invalid_client", "signature algorithm", "The tab Credentials of the client names another signature algorithm. Set SigningKey:Algorithm to it, or choose Any there."),
            new("invalid_client", "reuse", "The jti of the client assertion was used before: a token from a file was sent twice, or something repeats requests."),
            new("invalid_client", "jti", "Keycloak requires jti in client assertions. Remove it from ClientAssertion:OmittedClaims."),
            new("invalid_client", "sub claim", "sub of the client assertion, which is the ClientId, differs from the parameter client_id or is missing. Remove ClientAssertion:OmittedClaims, and check ClientId."),
            new("invalid_client", null, "The realm has no such client, it is disabled, or the client authenticator in its tab Credentials is not Signed JWT. Compare ClientId with the Client ID, and set Client Authenticator to Signed JWT."),
            new("unauthorized_client", "service account", "The client has no service account. Enable Service accounts roles in its Capability config."),
            new("unauthorized_client", null, "The realm has no such client, its credential is wrong, or it may not use this grant. Compare ClientId with the Client ID, set Client Authenticator to Signed JWT, and enable the grant in its Capability config."),
            .. GrantErrors,
            new("unsupported_grant_type", null, "The realm does not support the grant. The JWT authorization grant needs Keycloak 26.5 with --features=jwt-authorization-grant, or later."),
            new("invalid_scope", null, "The client does not have the scope. Add it in the tab Client scopes of the client, and compare Scope with it."),
        ],
    };

    // Errors of the JWT authorization grant.
    private static IReadOnlyList<KnownError> GrantErrors =>
    [
        new("invalid_grant", "audience", "The audience of the assertion must be the issuer of the realm, as its metadata shows it, and nothing else. Set Issuer to it and remove Assertion:Audience. If 'Allows Client ID as audience for assertions' is on at the identity provider, set Assertion:Audience to its Client ID."),
        new("invalid_grant", "No Identity Provider", "No identity provider of the realm has iss as its issuer. Set Assertion:Issuer to the Issuer of the identity provider, from Identity providers > Settings."),
        new("invalid_grant", "not allowed for the client", "The client may not use this identity provider. Add it to 'Allowed Identity Providers for JWT Authorization Grant' in the Capability config of the client."),
        new("invalid_grant", "not configured for JWT", "The identity provider does not accept assertions. Enable JWT Authorization Grant in its settings."),
        new("invalid_grant", "not supported for the requested client", "The client may not use the grant. Enable JWT Authorization Grant in the Capability config of the client."),
        new("invalid_grant", "Public client", "Only confidential clients may use the grant. Enable Client authentication in the Capability config of the client, and set ClientAuthentication."),
        new("invalid_grant", "User not found", "No user of the realm is linked to the identity provider with sub as user ID. Link the user (Users > Identity provider links), and set Assertion:Subject, or the Subject of the token request, to the ID at that provider."),
        new("invalid_grant", "reuse", "The jti of the assertion was used before. Keycloak keeps also that of an assertion that it refused. The library signs a new one for each attempt; a token from a file is sent once, unless Allow assertion reuse is on at the identity provider."),
        new("invalid_grant", "jti", "Keycloak requires jti in assertions. Remove it from Assertion:OmittedClaims, or enable Allow assertion reuse at the identity provider."),
        new("invalid_grant", "expiration is too far", "The assertion has no iat, and its exp is later than Max allowed assertion expiration of the identity provider, by default 5 min. Remove iat from Assertion:OmittedClaims, or lower Assertion:Lifetime."),
        new("invalid_grant", "in the future", "The clock of this machine is ahead of that of Keycloak, which tolerates nothing by default. Synchronize it (NTP), leave Assertion:Backdate at 00:00:10, or raise Allowed clock skew of the identity provider.") { IsAboutTimes = true },
        new("invalid_grant", "in the past", "The assertion is older than Max allowed assertion expiration of the identity provider, by default 5 min. Synchronize the clock of this machine (NTP), and lower Assertion:Backdate.") { IsAboutTimes = true },
        new("invalid_grant", "not active", "The assertion was expired when it arrived, or the clock of this machine is wrong. Synchronize it (NTP), and remove Assertion:Lifetime.") { IsAboutTimes = true },
        new("invalid_grant", "signature algorithm", "The identity provider names another signature algorithm. Set SigningKey:Algorithm to its Assertion signature algorithm."),
        new("invalid_grant", "signature", "The identity provider does not have the key. Add the public key to its JWKS URL or to Validating public key, and compare the kid."),
    ];

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Grant", "For the service account of the client; `JwtBearer` is the JWT authorization grant.", EndpointsPage),
        new("ClientAuthentication", "Both grants require a confidential client.", GrantPage),
        new("ClientAssertion:Type", "What Keycloak's own adapters send; not documented for other clients.", ClientPage) { IsVerified = false },
        new("ClientAssertion:Lifetime", "The client's maximum is 60 s from `iat`, unless it is changed.", ClientPage) { IsVerified = false },
        new("Assertion:Backdate", "The JWT authorization grant tolerates no clock skew by default, and at most 5 min from `iat`.", GrantPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of the service account of a client, with a signed JWT as client authentication (RFC 7523 section 2.2). Call it before
    /// other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="realm">The URL of the realm, such as <c>https://keycloak.example.com/realms/orders</c>.</param>
    /// <param name="clientId">The Client ID.</param>
    /// <param name="keyFile">The path of the private key whose certificate or public key is in the tab Keys of the client.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("orders", options =>
    ///     options.UseKeycloak("https://keycloak.example.com/realms/orders", "batch-worker", "keys/batch.pem"));
    /// </code>
    /// </example>
    public static void UseKeycloak(this JwtGrantOptions options, string realm, string clientId, string keyFile)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(realm);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        // Before the provider, which derives the token endpoint from it.
        options.Issuer = realm;
        options.Use(Profile);
        (options.ClientId, options.SigningKey.Path) = (clientId, keyFile);
    }

    /// <summary>
    /// Sets the defaults for access tokens of users by the JWT authorization grant (RFC 7523 section 2.1). The key signs the assertions and authenticates the
    /// client; for another client key set <see cref="ClientAssertionOptions.SigningKey"/>. Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="realm">The URL of the realm, such as <c>https://keycloak.example.com/realms/orders</c>.</param>
    /// <param name="clientId">The Client ID.</param>
    /// <param name="keyFile">The path of the private key.</param>
    /// <param name="assertionIssuer">The issuer of the assertions: the Issuer of the identity provider in the realm.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseKeycloakJwtGrant(this JwtGrantOptions options, string realm, string clientId, string keyFile, string assertionIssuer)
    {
        ArgumentNullException.ThrowIfNull(assertionIssuer);
        options.UseKeycloak(realm, clientId, keyFile);
        (options.Grant, options.Assertion.Issuer) = (GrantType.JwtBearer, assertionIssuer);
    }

    private static bool SignsGrant(JwtGrantOptions options) => options is { Grant: GrantType.JwtBearer, Assertion: { TokenFile: null, From: null, FromRequest: false } };

    private static bool SignsClient(JwtGrantOptions options) =>
        options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion: { TokenFile: null, From: null } };

    private static bool HasKey(JwtGrantOptions options) =>
        options.SigningKey.IsSet || (!SignsGrant(options) && (!SignsClient(options) || options.ClientAssertion.SigningKey is { IsSet: true }));

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.Issuer is { } issuer && (issuer.EndsWith('/') || issuer.Contains("/protocol/", StringComparison.Ordinal) || issuer.Contains("/.well-known/", StringComparison.Ordinal)))
            yield return $"Issuer is {SettingText.QuoteUrl(issuer)}, which is not the issuer of a realm: it ends with the name of the realm, without a slash, such as https://keycloak.example.com/realms/orders.";
        if (SignsGrant(options) && options.Assertion.Issuer is null)
            yield return "Assertion:Issuer is missing; it is the Issuer of the identity provider in the realm, from Identity providers > Settings. The JWT authorization grant needs it.";
        if (options is { Grant: GrantType.JwtBearer, ClientAuthentication: ClientAuthenticationMethod.None })
            yield return "ClientAuthentication is None, but Keycloak accepts the JWT authorization grant only from confidential clients. Set it to PrivateKeyJwt, or to ClientSecretBasic with the secret of the client.";
    }
}
