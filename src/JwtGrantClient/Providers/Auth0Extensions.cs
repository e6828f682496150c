using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>Auth0</c>: access tokens for APIs of an Auth0 tenant with the key of a machine-to-machine application.</summary>
public static class Auth0Extensions
{
    private const string AssertionPage = "https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt";
    private const string Domain = "Domain", ApiIdentifier = "ApiIdentifier", Audience = "audience";

    internal static ProviderProfile Profile { get; } = new("Auth0", "Auth0", "docs/providers/auth0.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.Type = "JWT";
            options.ClientAssertion.Lifetime = TimeSpan.FromMinutes(1);
        },
        Values =
        [
            new(Domain, "the Domain of the tenant, such as tenant.eu.auth0.com, or its custom domain, from the Settings of the application, without https://") { FindProblem = FindDomainProblem },
            new(ApiIdentifier, "the Identifier of the API that the tokens are for, from Applications > APIs, such as https://orders.example.com"),
        ],
        Derive = (options, values) =>
        {
            if (values[Domain] is { } domain)
            {
                options.TokenEndpoint ??= $"https://{domain}/oauth/token";
                options.ClientAssertion.Audience ??= $"https://{domain}/";
            }
            // Not RFC 8707: Auth0 names the API by a parameter of its own.
            if (values[ApiIdentifier] is { } api)
                options.Parameters.TryAdd(Audience, api);
        },
        Required =
        [
            new("ClientId", "the Client ID of the machine-to-machine application, from its Settings", options => options.ClientId is not null),
            new("SigningKey", "the private key whose public key is a credential of the application (Credentials > Private Key JWT)", options => options.SigningKey.IsSet || options.ClientAssertion.SigningKey is { IsSet: true }),
        ],
        Algorithms = ["RS256", "RS384", "PS256"],
        MaxLifetime = TimeSpan.FromMinutes(5),
        FindProblems = FindProblems,
        Errors =
        [
            new("invalid_client", "5 minutes", "The assertion is valid for more than 5 min. Lower ClientAssertion:Lifetime."),
            new("invalid_client", null, "Auth0 does not accept the client assertion, and says why only in Monitoring > Logs (feccft, 'Failed client authentication'). Usual causes: aud is not https://{domain}/ with the final slash, a key that is no credential of the application, another algorithm than that of the credential, a clock that is wrong by more than 10 s.") { IsAboutTimes = true },
            new("access_denied", "service not found", "There is no API with this Identifier. Set ApiIdentifier to the Identifier of Applications > APIs, byte for byte, with or without a final slash."),
            new("access_denied", "audience", "The request names no API, and the tenant has no default. Set ApiIdentifier."),
            new("access_denied", "scope", "The application does not have these scopes for the API. Grant them in Applications > APIs > Machine to Machine Applications, or remove them from Scope."),
            new("access_denied", "not authorized", "The application may not use this API. Authorize it in Applications > APIs > Machine to Machine Applications."),
            new("access_denied", "unauthorized", "Auth0 does not know the application in this tenant, or it does not use Private Key JWT. Check ClientId, Domain and Credentials > Authentication Method."),
            new("access_denied", null, "The application may not use this API. Check ApiIdentifier, and authorize the application in Applications > APIs > Machine to Machine Applications."),
            new("unauthorized_client", null, "The application does not allow client credentials. Use a machine-to-machine application, or select Client Credentials in Settings > Advanced > Grant Types."),
            new("invalid_request", null, "Auth0 does not accept the form of the request. An assertion has at most 2,048 bytes, and its iss, sub and jti at most 64 characters: remove claims and header parameters of ClientAssertion."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("Grant", "The application acts for itself.", AssertionPage),
        new("ClientAuthentication", "Private Key JWT.", AssertionPage),
        new("ClientAssertion:Type", "The document shows no explicit type.", AssertionPage) { IsVerified = false },
        new("ClientAssertion:Lifetime", "At most 1 min is recommended, 5 min is the limit.", AssertionPage),
        new("TokenEndpoint", "Of the tenant or its custom domain.", AssertionPage),
        new("ClientAssertion:Audience", "The URL of the tenant or its custom domain, with the final slash.", AssertionPage),
        new("Parameters", "`audience` names the API; `Resource` does not.", AssertionPage),
    ];

    /// <summary>Sets the defaults for access tokens of an Auth0 tenant (RFC 7523 section 2.2). Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="domain">The Domain of the tenant, such as <c>tenant.eu.auth0.com</c>, or its custom domain.</param>
    /// <param name="clientId">The Client ID of the application.</param>
    /// <param name="keyFile">The path of the private key.</param>
    /// <param name="apiIdentifier">The Identifier of the API.</param>
    /// <param name="scopes">The permissions of the API; without them all that the application has.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("orders", options =>
    ///     options.UseAuth0("tenant.eu.auth0.com", "CLIENTID", "keys/auth0.pem", "https://orders.example.com"));
    /// </code>
    /// </example>
    public static void UseAuth0(this JwtGrantOptions options, string domain, string clientId, string keyFile, string apiIdentifier, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(apiIdentifier);
        ArgumentNullException.ThrowIfNull(scopes);
        options.Use(Profile, (Domain, domain), (ApiIdentifier, apiIdentifier));
        (options.ClientId, options.SigningKey.Path) = (clientId, keyFile);
        options.Scope = scopes.Length == 0 ? null : string.Join(' ', scopes);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.Resource.Count > 0)
            yield return "Resource is set, but Auth0 names the API by the parameter audience. Set ApiIdentifier, and remove Resource.";
    }

    private static string? FindDomainProblem(string value) =>
        value.AsSpan().ContainsAny('/', ':', ' ') || !value.Contains('.', StringComparison.Ordinal) ? "is not a host name" : null;
}
