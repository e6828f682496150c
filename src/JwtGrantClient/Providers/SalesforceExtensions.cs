using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>Salesforce</c>: access tokens for Salesforce APIs by the OAuth 2.0 JWT bearer flow.</summary>
public static class SalesforceExtensions
{
    private const string FlowPage = "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm";
    private const string SessionPage = "https://help.salesforce.com/s/articleView?id=sf.admin_sessions.htm";
    private const string Domain = "Domain", Sandbox = "Sandbox";

    internal static ProviderProfile Profile { get; } = new("Salesforce", "Salesforce", "docs/providers/salesforce.md")
    {
        SetDefaults = options =>
        {
            options.SendClientId = false;
            // The responses have no expires_in.
            options.DefaultTokenLifetime = TimeSpan.FromMinutes(15);
        },
        Values =
        [
            new(Domain, "the My Domain of the org, such as contoso.my.salesforce.com or contoso--dev.sandbox.my.salesforce.com, from Setup > My Domain; without it the request goes to login.salesforce.com")
            {
                IsRequired = false,
                FindProblem = FindDomainProblem,
            },
            new(Sandbox, "true for a sandbox, whose audience is https://test.salesforce.com; not needed if Domain has .sandbox.")
            {
                IsRequired = false,
                FindProblem = value => bool.TryParse(value, out _) ? null : "is neither true nor false",
            },
        ],
        Derive = (options, values) =>
        {
            var isSandbox = values[Sandbox] is { } sandbox ? bool.TryParse(sandbox, out var flag) && flag : values[Domain]?.Contains(".sandbox.", StringComparison.OrdinalIgnoreCase) == true;
            var login = isSandbox ? "https://test.salesforce.com" : "https://login.salesforce.com";
            options.TokenEndpoint ??= $"{(values[Domain] is { } domain ? $"https://{domain}" : login)}/services/oauth2/token";
            options.Assertion.Audience ??= login;
        },
        Required =
        [
            new("ClientId", "the Consumer Key of the external client app or connected app, from its OAuth settings", options => options.ClientId is not null || options.Assertion.Issuer is not null),
            new("SigningKey", "the private key whose certificate is uploaded to the app (Use digital signatures)", options => options.SigningKey.IsSet),
            new("Assertion:Subject", "the username of the Salesforce user that the application acts as, in the form of an email address", options => options.Assertion.Subject is not null),
        ],
        Algorithms = ["RS256"],
        MaxLifetime = TimeSpan.FromMinutes(3),
        Errors =
        [
            new("invalid_grant", "hasn't approved", "The user in sub has not approved the app, or there is no such user. Check that Assertion:Subject is a username of this org; a sandbox has usernames of its own, such as user@example.com.dev. Then set Permitted Users of the app to 'Admin approved users are pre-authorized', and assign the app to a profile or a permission set of the user."),
            new("invalid_grant", "not admin approved", "The user in sub may not use the app. Assign the app to a profile or a permission set of the user (Manage Profiles or Manage Permission Sets of the app)."),
            new("invalid_app_access", null, "The user in sub may not use the app. Assign the app to a profile or a permission set of the user (Manage Profiles or Manage Permission Sets of the app)."),
            new("invalid_grant", "audience", "The audience must be https://login.salesforce.com, or https://test.salesforce.com for a sandbox, also with a My Domain; for a user of an Experience Cloud site it is the URL of the site. Remove Issuer and Assertion:Audience, or set Sandbox."),
            new("invalid_grant", "expired", "The assertion was expired when it arrived: its lifetime is longer than 3 min, or the clock of this machine is wrong. Lower Assertion:Lifetime, and synchronize the clock (NTP).") { IsAboutTimes = true },
            new("invalid_grant", "inactive", "The user in sub, or the org, is inactive. Activate it in Setup > Users, or set Assertion:Subject to another user."),
            new("invalid_grant", "ip restricted", "The user in sub may not sign in from this address or at this time. Relax IP restrictions in the OAuth policies of the app, or change the login IP ranges and hours of the profile."),
            new("invalid_grant", "invalid assertion", "Salesforce does not accept the signature. Upload the certificate of this key to the app (Use digital signatures), and wait some minutes after a change."),
            new("invalid_grant", null, "Check that sub is the username of an active user of this org, that iss is the Consumer Key of the app in this org, and that the certificate of the key is uploaded to the app. A sandbox has usernames of its own, such as user@example.com.dev."),
            new("invalid_client_id", null, "There is no app with this Consumer Key in the org. Check ClientId; a new app works after some minutes, and a sandbox has apps of its own."),
            new("invalid_client", null, "The app does not accept the key. Upload the certificate of this key to the app (Use digital signatures), and check that ClientId is its Consumer Key."),
            new("unsupported_grant_type", null, "The app does not allow the JWT bearer flow. Enable it in the OAuth settings of the app."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The host is that of `Domain`, else the login host.", FlowPage),
        new("SendClientId", "The request has the grant type and the assertion only.", FlowPage),
        new("Assertion:Audience", "The login host of production or of sandboxes, also with a My Domain.", FlowPage),
        new("DefaultTokenLifetime", "The response has no `expires_in`; 15 min is the shortest session timeout of an org.", SessionPage) { IsVerified = false },
    ];

    /// <summary>Sets the defaults for access tokens of a Salesforce org (RFC 7523 section 2.1). Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="consumerKey">The Consumer Key of the external client app or connected app.</param>
    /// <param name="username">The username of the Salesforce user that the application acts as.</param>
    /// <param name="keyFile">The path of the private key whose certificate is uploaded to the app.</param>
    /// <param name="domain">The My Domain of the org, such as <c>contoso.my.salesforce.com</c>. Default: null, the login host of production orgs.</param>
    /// <param name="sandbox">Whether the org is a sandbox. Default: null, which means that <paramref name="domain"/> contains <c>.sandbox.</c></param>
    /// <exception cref="ArgumentNullException">An argument that is not optional is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("crm", options =>
    ///     options.UseSalesforce("3MVG9...", "integration@contoso.com", "keys/salesforce.pem", "contoso.my.salesforce.com"));
    /// </code>
    /// </example>
    public static void UseSalesforce(this JwtGrantOptions options, string consumerKey, string username, string keyFile, string? domain = null, bool? sandbox = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(consumerKey);
        ArgumentNullException.ThrowIfNull(username);
        ArgumentNullException.ThrowIfNull(keyFile);
        options.Use(Profile, (Domain, domain), (Sandbox, sandbox is { } flag ? flag ? "true" : "false" : null));
        (options.ClientId, options.Assertion.Subject, options.SigningKey.Path) = (consumerKey, username, keyFile);
    }

    private static string? FindDomainProblem(string domain) =>
        domain.Contains("://", StringComparison.Ordinal) || domain.Contains('/', StringComparison.Ordinal) ? "has a scheme or a path; expected a host such as contoso.my.salesforce.com"
        : domain.EndsWith(".lightning.force.com", StringComparison.OrdinalIgnoreCase) ? "is the host of the user interface; expected the one that ends with .my.salesforce.com"
        : Uri.CheckHostName(domain) != UriHostNameType.Dns ? "is not a host; expected one such as contoso.my.salesforce.com"
        : null;
}
