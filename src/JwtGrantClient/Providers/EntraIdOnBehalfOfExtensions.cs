using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>
/// The provider <c>EntraIdOnBehalfOf</c>: an API exchanges the token of its caller at Microsoft Entra ID for a token of the same user for another API.
/// </summary>
public static class EntraIdOnBehalfOfExtensions
{
    private const string FlowPage = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow";
    private const string CredentialsPage = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";
    private const string TenantId = "TenantId";

    internal static ProviderProfile Profile { get; } = new("EntraIdOnBehalfOf", "Microsoft Entra ID", "docs/providers/entra-id-on-behalf-of.md")
    {
        SetDefaults = options =>
        {
            EntraIdExtensions.SetCertificateDefaults(options);
            options.Grant = GrantType.JwtBearer;
            options.Assertion.FromRequest = true;
            options.Parameters["requested_token_use"] = "on_behalf_of";
        },
        Values = [EntraIdExtensions.Tenant],
        Derive = EntraIdExtensions.DeriveEndpoint,
        Required =
        [
            new("ClientId", "the Application (client) ID of this API, from the overview of the app registration", options => options.ClientId is not null),
            new("SigningKey", "the certificate of this API with its private key; its public part is uploaded in the app registration, Certificates & secrets > Certificates", options => options.SigningKey.IsSet),
            new("Scope", "the delegated permissions of the other API, such as https://graph.microsoft.com/User.Read", options => options.Scope is not null),
        ],
        Algorithms = ["PS256", "RS256"],
        FindProblems = (options, _) => EntraIdExtensions.FindCertificateProblems(options),
        Errors =
        [
            new(null, "AADSTS500131:", "The token of the user is not for this API: its aud is another application. The caller requests a token for this API (api://CLIENT_ID/...), and not for Microsoft Graph."),
            new(null, "AADSTS50013:", "Microsoft Entra ID does not accept the token of the user: it is for another API, of another tenant, or an ID token. Send the access token that the caller sent to this API, unchanged."),
            new(null, "AADSTS500133:", "The token of the user has expired. Let the caller send a new one.") { IsAboutTimes = true },
            new(null, "AADSTS7000114:", "The token is one of an application and not of a user, so that there is nobody to act for. Use the provider EntraId for calls of applications."),
            new(null, "AADSTS65001:", "Neither the user nor an administrator has consented to the permissions of this API in Scope. Grant admin consent in API permissions, or add the caller to knownClientApplications."),
            new("interaction_required", null, "The user must sign in again, for multifactor authentication or by a Conditional Access policy; retrying does not help. Answer the caller with 401 and the claims of the error in WWW-Authenticate."),
            new("invalid_grant", "AADSTS50076:", "The user must sign in with multifactor authentication. Answer the caller with 401 and the claims of the error in WWW-Authenticate."),
            new("invalid_grant", "AADSTS50173:", "The grant of the user was revoked, for example by a new password. The user must sign in again."),
            .. EntraIdExtensions.Errors,
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The v2.0 endpoint of the tenant.", FlowPage),
        new("ClientAuthentication", "A signed assertion in place of a client secret.", FlowPage),
        new("Assertion:FromRequest", "The token of the user is in the token request.", FlowPage),
        new("Parameters", "Marks the flow.", FlowPage),
        new("SigningKey:Algorithm", "The documented algorithm. RS256 with `SigningKey:X5t` is the older one.", CredentialsPage),
        new("SigningKey:X5tS256", "Identifies the certificate.", CredentialsPage),
        new("ClientAssertion:Audience", "The token endpoint of the tenant.", CredentialsPage),
        new("ClientAssertion:Type", "The documented header.", CredentialsPage),
        new("ClientAssertion:NotBefore", "The documented claims include `nbf`.", CredentialsPage),
    ];

    /// <summary>
    /// Sets the defaults for tokens on behalf of a user of this API. Each token request has the token of the user in <see cref="TokenRequest.Assertion"/>. Call it
    /// before other settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="tenantId">The Directory (tenant) ID, or a verified domain.</param>
    /// <param name="clientId">The Application (client) ID of this API.</param>
    /// <param name="certificateFile">The path of the certificate with its private key: PEM or PKCS#12.</param>
    /// <param name="scope">The delegated permissions of the other API, such as <c>https://graph.microsoft.com/User.Read</c>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseEntraIdOnBehalfOf(this JwtGrantOptions options, string tenantId, string clientId, string certificateFile, string scope)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tenantId);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(certificateFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (TenantId, tenantId));
        (options.ClientId, options.SigningKey.Path, options.Scope) = (clientId, certificateFile, scope);
    }
}
