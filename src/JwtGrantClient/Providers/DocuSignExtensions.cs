using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>DocuSign</c>: access tokens of a DocuSign user by the JWT grant.</summary>
public static class DocuSignExtensions
{
    private const string TokenPage = "https://developers.docusign.com/platform/auth/jwt/jwt-get-token/";
    private const string ConsentPage = "https://developers.docusign.com/platform/auth/consent/obtaining-individual-consent/";
    private const string Environment = "Environment", UserId = "UserId", RedirectUri = "RedirectUri", ConsentUrl = "{ConsentUrl}";
    private const string Impersonation = "impersonation", DefaultScope = $"signature {Impersonation}";

    internal static ProviderProfile Profile { get; } = new("DocuSign", "DocuSign", "docs/providers/docusign.md")
    {
        SetDefaults = options =>
        {
            options.SendClientId = false;
            options.Scope = DefaultScope;
            options.ScopePlacement = ScopePlacement.Claim;
        },
        Values =
        [
            new(Environment, "Demo for a developer account (account-d.docusign.com), or Production (account.docusign.com)")
            {
                FindProblem = value => IsDemo(value) || value.Equals("Production", StringComparison.OrdinalIgnoreCase) ? null : "is neither Demo nor Production",
            },
            new(UserId, "the User ID (a GUID) of the user that the application acts as, from Apps and Keys or Users in the admin console")
            {
                FindProblem = value => Guid.TryParse(value, out _) ? null : "is not a GUID",
            },
            new(RedirectUri, "a redirect URI of the integration key, for the URL of the consent page in errors") { IsRequired = false },
        ],
        Derive = (options, values) =>
        {
            if (values[Environment] is { } environment)
            {
                options.TokenEndpoint ??= $"https://{HostOf(environment)}/oauth/token";
                options.Assertion.Audience ??= HostOf(environment);
            }
            options.Assertion.Subject ??= values[UserId];
        },
        Required =
        [
            new("ClientId", "the integration key of the app, from Apps and Keys", options => options.ClientId is not null || options.Assertion.Issuer is not null),
            new("SigningKey", "the RSA private key of the integration key, which Apps and Keys shows once (Service Integration > Generate RSA)", options => options.SigningKey.IsSet),
        ],
        Algorithms = ["RS256"],
        MaxLifetime = TimeSpan.FromHours(1),
        FindProblems = (options, _) => FindProblems(options),
        Errors =
        [
            new("consent_required", null, $"The user in sub has not consented to these scopes. The user, or an administrator of the organization for its users, opens this page once in a browser and accepts: {ConsentUrl} . Then the same request succeeds; it is not retried. The scopes, also those of a token request, contain impersonation."),
            new("invalid_grant", "issuer_not_found", "There is no such integration key (iss below) in this environment, or aud is that of the other environment. Check ClientId and Environment; an integration key of a developer account works in production after Go-Live only. aud is the host without https://: remove Assertion:Audience."),
            new("invalid_grant", "no_valid_keys_or_signatures", "The key is not one of the integration key. Use the private key that Apps and Keys showed when the RSA key pair was generated, or generate another one there."),
            new("invalid_grant", "user_not_found", "There is no user with the User ID in sub in this environment. Set UserId to the User ID (a GUID, not the email address and not the API Account ID); users of demo and production differ."),
            new("invalid_grant", "expired", "The assertion was expired when it arrived. Synchronize the clock of this machine (NTP).") { IsAboutTimes = true },
            new("invalid_grant", null, "DocuSign does not accept the assertion. aud is the host of the environment without https://, iss the integration key and sub the User ID: remove Assertion:Audience and Issuer, and check Environment, ClientId, UserId and the key.") { IsAboutTimes = true },
            new("invalid_scope", null, "A scope is unknown, or the app may not have it. The JWT grant needs impersonation, and for eSignature signature: remove Scope, or add them."),
            new("unsupported_grant_type", null, "Set Grant to JwtBearer."),
        ],
        CompleteAdvice = (advice, options, values) => advice.Replace(ConsentUrl, CreateConsentUrl(options, values), StringComparison.Ordinal),
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("SendClientId", "The request has the grant type and the assertion only.", TokenPage),
        new("Scope", "`impersonation` is required, `signature` is for the eSignature API.", TokenPage),
        new("ScopePlacement", "The scope is a claim with spaces.", TokenPage),
        new("TokenEndpoint", "`account-d.docusign.com` for `Demo`, `account.docusign.com` for `Production`.", TokenPage),
        new("Assertion:Audience", "The host without a scheme.", TokenPage),
        new("Assertion:Subject", "The user whose rights the token has.", ConsentPage),
    ];

    /// <summary>Sets the defaults for access tokens of a DocuSign user (RFC 7523 section 2.1). Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="environment"><c>Demo</c> for a developer account, or <c>Production</c>.</param>
    /// <param name="integrationKey">The integration key of the app.</param>
    /// <param name="userId">The User ID, a GUID, of the user that the application acts as.</param>
    /// <param name="keyFile">The path of the RSA private key.</param>
    /// <param name="redirectUri">A redirect URI of the integration key, for the URL of the consent page in errors; null for a placeholder.</param>
    /// <exception cref="ArgumentNullException">An argument that must not be null is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("docusign", options => options.UseDocuSign(
    ///     "Demo", "1b2c3d4e-0000-4000-8000-000000000001", "1b2c3d4e-0000-4000-8000-000000000002", "keys/docusign.pem"));
    /// </code>
    /// </example>
    public static void UseDocuSign(this JwtGrantOptions options, string environment, string integrationKey, string userId, string keyFile, string? redirectUri = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(integrationKey);
        ArgumentNullException.ThrowIfNull(userId);
        ArgumentNullException.ThrowIfNull(keyFile);
        options.Use(Profile, (Environment, environment), (UserId, userId), (RedirectUri, redirectUri));
        (options.ClientId, options.SigningKey.Path) = (integrationKey, keyFile);
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options)
    {
        if (options.ScopePlacement != ScopePlacement.Claim)
            yield return $"ScopePlacement is {options.ScopePlacement}, but DocuSign reads the scope from a claim with spaces. Remove the setting.";
        if (options.Scope is { } scope && Array.IndexOf(scope.Split(' '), Impersonation) < 0)
            yield return $"Scope does not contain {Impersonation}, without which DocuSign issues no token for an assertion, whatever the user consents to. Add it, such as in '{DefaultScope}'.";
    }

    private static bool IsDemo(string environment) => environment.Equals("Demo", StringComparison.OrdinalIgnoreCase);

    private static string HostOf(string environment) => IsDemo(environment) ? "account-d.docusign.com" : "account.docusign.com";

    private static string CreateConsentUrl(JwtGrantOptions options, ProviderValues values) =>
        $"https://{HostOf(values[Environment] ?? "Production")}/oauth/auth?response_type=code&scope={Uri.EscapeDataString(options.Scope ?? "")}&client_id={Uri.EscapeDataString(options.ClientId ?? "")}&redirect_uri="
        + (values[RedirectUri] is { } uri ? Uri.EscapeDataString(uri) : "{a redirect URI of the integration key}");
}
