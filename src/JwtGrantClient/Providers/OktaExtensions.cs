using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>Okta</c>: access tokens for Okta APIs, or for APIs of an own authorization server, with the key of an API Services app.</summary>
public static class OktaExtensions
{
    private const string ServiceAppPage = "https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/";
    private const string AssertionPage = "https://developer.okta.com/docs/guides/build-self-signed-jwt/main/";
    private const string AudiencePage = "https://support.okta.com/help/s/article/the-audience-claim-for-client-assertion-must-be-the-endpoint-invoked-for-the-request";
    private const string Domain = "Domain", AuthorizationServer = "AuthorizationServer";

    internal static ProviderProfile Profile { get; } = new("Okta", "Okta", "docs/providers/okta.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.Type = "JWT";
        },
        Values =
        [
            new(Domain, "the Okta domain of the org, such as dev-123456.okta.com, or its custom domain, without https://") { FindProblem = FindDomainProblem },
            new(AuthorizationServer, "the id of a custom authorization server, such as default, from Security > API; without it the tokens are those of the org authorization server, for Okta APIs")
            {
                IsRequired = false,
                FindProblem = value => value.AsSpan().ContainsAny('/', ':') ? "is not an id; the id is the last part of the issuer URI" : null,
            },
        ],
        Derive = (options, values) =>
        {
            if (values[Domain] is { } domain)
                options.TokenEndpoint ??= values[AuthorizationServer] is { } server ? $"https://{domain}/oauth2/{server}/v1/token" : $"https://{domain}/oauth2/v1/token";
            options.ClientAssertion.Audience ??= options.TokenEndpoint;
        },
        Required =
        [
            new("ClientId", "the Client ID of the API Services app, from its General tab", options => options.ClientId is not null),
            new("SigningKey", "the private key whose public key is in Client Credentials > Public Keys of the app", options => options.SigningKey.IsSet || options.ClientAssertion.SigningKey is { IsSet: true }),
        ],
        Algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
        MaxLifetime = TimeSpan.FromHours(1),
        FindProblems = FindProblems,
        Errors =
        [
            new("invalid_client", "audience", "The audience is not the URL of this endpoint. Remove ClientAssertion:Audience, or set it to the URL of the token endpoint: https://{domain}/oauth2/v1/token, or https://{domain}/oauth2/{authorization server}/v1/token."),
            new("invalid_client", "future", "The assertion was issued in the future: the clock of this machine is ahead. Synchronize it (NTP).") { IsAboutTimes = true },
            new("invalid_client", "expir", "The assertion was expired when it arrived, or is valid for more than 1 h. Lower ClientAssertion:Lifetime, and synchronize the clock of this machine (NTP).") { IsAboutTimes = true },
            new("invalid_client", "kid", "kid is missing, or is not that of a public key of the app. Set SigningKey:KeyId to the KID in Client Credentials > Public Keys of the app."),
            new("invalid_client", "signature", "The key is not one of the app. Add its public key in Client Credentials > Public Keys, and set SigningKey:KeyId to its KID."),
            new("invalid_client", null, "The org does not know the client, or the app does not authenticate with a key. Check ClientId and Domain, and select Public key / Private key in Client Credentials of the app."),
            new("E0000007", null, "The org has no such authorization server. Check AuthorizationServer, which is its id in Security > API, and Domain."),
            new("invalid_dpop_proof", "missing", "The app requires DPoP. Set DPoP:Enabled, or clear 'Require Demonstrating Proof of Possession (DPoP) header in token requests' in the General tab of the app."),
            new("invalid_dpop_proof", null, "Okta does not accept the DPoP proof. The DPoP key must not be the key of the client, and the clock of this machine must be right."),
            new("consent_required", null, "The app has none of the requested scopes. Grant them in the Okta API Scopes tab of the app, and give the app an admin role."),
            new("invalid_scope", "openid", "OpenID scopes, such as openid, profile and email, are for users who sign in. Remove them from Scope."),
            new("invalid_scope", null, "A scope is unknown to this authorization server. The org authorization server has the okta.* scopes only; other scopes are those of a custom authorization server (Security > API > Scopes): set AuthorizationServer."),
            new("access_denied", null, "No access policy of the authorization server allows this client and scope. Add the client to a policy, with a rule for client credentials, in Security > API > Access Policies."),
            new("unauthorized_client", null, "The app does not allow client credentials. Use an app of the type API Services, or select Client Credentials in the General tab of the app."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Grant", "It is the only grant of a service app.", ServiceAppPage),
        new("ClientAuthentication", "The okta.* scopes require a key.", ServiceAppPage),
        new("ClientAssertion:Type", "The documents show no explicit type.", AssertionPage) { IsVerified = false },
        new("TokenEndpoint", "With `AuthorizationServer` the path is `/oauth2/{AuthorizationServer}/v1/token`.", ServiceAppPage),
        new("ClientAssertion:Audience", "The URL of the endpoint, byte for byte.", AudiencePage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of an Okta org (RFC 7523 section 2.2). Call it before other settings are set. An app that requires DPoP, as new apps do,
    /// also needs <see cref="DPoPOptions.Enabled"/>.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="domain">The Okta domain, such as <c>dev-123456.okta.com</c>.</param>
    /// <param name="clientId">The Client ID of the API Services app.</param>
    /// <param name="keyFile">The path of the private key, a JWK with its <c>kid</c> or PEM.</param>
    /// <param name="scope">The scopes, separated by spaces, such as <c>okta.users.read</c>.</param>
    /// <param name="authorizationServer">The id of a custom authorization server, such as <c>default</c>; null for the org authorization server.</param>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("okta", options =>
    /// {
    ///     options.UseOkta("dev-123456.okta.com", "0oaCLIENTID", "keys/okta.jwk", "okta.users.read");
    ///     options.DPoP.Enabled = true;
    /// });
    /// </code>
    /// </example>
    public static void UseOkta(this JwtGrantOptions options, string domain, string clientId, string keyFile, string scope, string? authorizationServer = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (Domain, domain), (AuthorizationServer, authorizationServer));
        (options.ClientId, options.SigningKey.Path, options.Scope) = (clientId, keyFile, scope);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.Scope is null && values[AuthorizationServer] is null)
            yield return "Scope is missing; it has the scopes that are granted in the Okta API Scopes tab of the app, such as okta.users.read. Set Scope.";
    }

    private static string? FindDomainProblem(string value) =>
        value.AsSpan().ContainsAny('/', ':', ' ') || !value.Contains('.', StringComparison.Ordinal) ? "is not a host name"
        : value.Contains("-admin.okta", StringComparison.OrdinalIgnoreCase) ? "is the host of the Admin Console; remove -admin"
        : null;
}
