using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>The provider <c>GoogleServiceAccount</c>: access tokens for Google APIs with the key file of a service account.</summary>
public static class GoogleServiceAccountExtensions
{
    private const string ServiceAccountPage = "https://developers.google.com/identity/protocols/oauth2/service-account";
    private const string TargetAudience = "TargetAudience";

    private const string UnknownAccount = "The service account (iss below) does not exist: it was deleted, or Assertion:Issuer or ClientId is not its client_email. Use the JSON key file unchanged.";
    private const string UnknownUser = "The user in sub does not exist in the Google Workspace domain. Set Assertion:Subject, or the Subject of the token request, to the primary email address of a user; for a token of the service account itself remove it.";

    internal static ProviderProfile Profile { get; } = new("GoogleServiceAccount", "Google", "docs/providers/google-service-account.md")
    {
        SetDefaults = options =>
        {
            options.TokenEndpoint = "https://oauth2.googleapis.com/token";
            options.SendClientId = false;
            options.ScopePlacement = ScopePlacement.Claim;
            options.Assertion.OmittedClaims = ["sub"];
        },
        Values =
        [
            new(TargetAudience, "the service that an ID token is for, such as the URL of a Cloud Run service; the client then gets ID tokens instead of access tokens")
            {
                IsRequired = false,
            },
        ],
        Derive = (options, values) =>
        {
            if (values[TargetAudience] is not { } audience)
                return;
            options.Assertion.Claims["target_audience"] = audience;
            options.UseIdToken = true;
        },
        Required =
        [
            new("SigningKey", "the JSON key file of the service account, from IAM & Admin > Service Accounts > Keys", options => options.SigningKey.IsSet),
        ],
        KeyNamesClient = true,
        Algorithms = ["RS256"],
        MaxLifetime = TimeSpan.FromHours(1),
        FindProblems = FindProblems,
        Errors =
        [
            new("invalid_grant", "Invalid JWT Signature", "The key (kid below) is not one of the service account (iss below): it was deleted, or the file is of another account. Check it in IAM & Admin > Service Accounts > Keys, and create a new key if it is missing."),
            new("invalid_grant", "short-lived token", "The assertion is valid for more than 1 h, or the clock of this machine is wrong. Lower Assertion:Lifetime, and synchronize the clock (NTP).") { IsAboutTimes = true },
            new("invalid_grant", "audience", "The audience is not that of Google's token endpoint. Remove Issuer and Assertion:Audience, so that it is TokenEndpoint: https://oauth2.googleapis.com/token."),
            new("invalid_grant", "account not found", UnknownAccount),
            new("invalid_grant", "account has been deleted", UnknownAccount),
            new("invalid_grant", "verifier found for issuer", UnknownAccount),
            new("invalid_grant", "email", UnknownUser),
            new("invalid_request", "impersonation", UnknownUser),
            new("unauthorized_client", null, "The service account may not act for the user in sub. An administrator of the Google Workspace domain adds the account's client ID with exactly these scopes in Admin console > Security > API controls > Domain-wide delegation; that can take 24 h. For a token of the service account itself, remove Assertion:Subject."),
            new("invalid_scope", "missing scope", "The assertion has no claim scope. Remove ScopePlacement, so that Scope is a claim."),
            new("invalid_scope", null, "The claim scope is empty or has an unknown value, or target_audience is not valid. Set Scope to OAuth scopes of Google APIs, such as https://www.googleapis.com/auth/cloud-platform, or TargetAudience, and not both."),
            new("access_denied", null, "An administrator of the Google Workspace domain has not allowed these scopes for the account's client ID (Domain-wide delegation), or a policy of the organization denies access."),
            new("admin_policy_enforced", null, "A policy of the Google Workspace administrator denies the scopes. The administrator allows the client ID in Admin console > Security > API controls."),
            new("disabled_client", null, "The service account or its OAuth client is disabled. Enable it in the Google Cloud console."),
            new("deleted_client", null, "The OAuth client of the service account was deleted. Create another service account, or restore it within 30 days."),
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "Also the audience of the assertion.", ServiceAccountPage),
        new("SendClientId", "The assertion identifies the account; there is no client authentication.", ServiceAccountPage),
        new("ScopePlacement", "The scope is a claim with spaces, and no parameter.", ServiceAccountPage),
        new("Assertion:OmittedClaims", "`sub` is only for domain-wide delegation; it is sent if `Assertion:Subject` or the token request has a user.", ServiceAccountPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of Google APIs with the key file of a service account (RFC 7523 section 2.1). Call it before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="keyFile">The path of the JSON key file, from IAM &amp; Admin > Service Accounts > Keys.</param>
    /// <param name="scopes">The OAuth scopes of the Google APIs, such as <c>https://www.googleapis.com/auth/cloud-platform</c>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("storage", options =>
    ///     options.UseGoogleServiceAccount("sa.json", "https://www.googleapis.com/auth/devstorage.read_only"));
    /// </code>
    /// </example>
    public static void UseGoogleServiceAccount(this JwtGrantOptions options, string keyFile, params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(scopes);
        options.Use(Profile);
        options.SigningKey.Path = keyFile;
        options.Scope = scopes.Length == 0 ? null : string.Join(' ', scopes);
    }

    /// <summary>
    /// Sets the defaults for ID tokens with the key file of a service account, for services that accept them, such as Cloud Run. Call it before other settings
    /// are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="keyFile">The path of the JSON key file.</param>
    /// <param name="targetAudience">The service, such as the URL of a Cloud Run service.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseGoogleIdToken(this JwtGrantOptions options, string keyFile, string targetAudience)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(keyFile);
        ArgumentNullException.ThrowIfNull(targetAudience);
        options.Use(Profile, (TargetAudience, targetAudience));
        options.SigningKey.Path = keyFile;
    }

    private static IEnumerable<string> FindProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options.Scope is null && !options.Assertion.Claims.ContainsKey("scope") && !options.Assertion.Claims.ContainsKey("target_audience"))
            yield return "Scope is missing; it has the OAuth scopes of the Google APIs, such as https://www.googleapis.com/auth/cloud-platform. Set Scope, or TargetAudience for ID tokens.";
        else if (options.Scope is not null && values[TargetAudience] is { } audience)
            yield return $"Scope and TargetAudience ({SettingText.QuoteUrl(audience)}) are both set. Set Scope for access tokens, or TargetAudience for ID tokens.";
        if (options.SigningKey.IsSet && options is { ClientId: null, Assertion.Issuer: null, SigningKey.Owner: null })
            yield return "ClientId is missing; it is the client_email of the service account, which the key does not contain. Use the JSON key file unchanged, or set ClientId.";
    }
}
