using JwtGrantClient.Settings;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient;

/// <summary>The provider <c>EntraId</c>: access tokens of Microsoft Entra ID for an application with a certificate.</summary>
public static class EntraIdExtensions
{
    private const string CredentialsPage = "https://learn.microsoft.com/entra/identity-platform/certificate-credentials";
    private const string FlowPage = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow";
    private const string TenantId = "TenantId";

    internal static ProviderProfile Profile { get; } = new("EntraId", "Microsoft Entra ID", "docs/providers/entra-id.md")
    {
        SetDefaults = options =>
        {
            SetCertificateDefaults(options);
            options.Grant = GrantType.ClientCredentials;
        },
        Values = [Tenant],
        Derive = DeriveEndpoint,
        Required =
        [
            new("ClientId", "the Application (client) ID, from the overview of the app registration", options => options.ClientId is not null),
            new("SigningKey", "the certificate with its private key; its public part is uploaded in the app registration, Certificates & secrets > Certificates", options => options.SigningKey.IsSet),
            new("Scope", "the Application ID URI of the API and /.default, such as https://graph.microsoft.com/.default", options => options.Scope is not null),
        ],
        Algorithms = ["PS256", "RS256"],
        FindProblems = (options, values) => [.. FindScopeProblems(options, values), .. FindCertificateProblems(options)],
        Errors = Errors,
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The v2.0 endpoint of the tenant.", FlowPage),
        new("Grant", "The application acts for itself.", FlowPage),
        new("ClientAuthentication", "A signed assertion in place of a client secret.", FlowPage),
        new("SigningKey:Algorithm", "The documented algorithm. RS256 with `SigningKey:X5t` is the older one.", CredentialsPage),
        new("SigningKey:X5tS256", "Identifies the certificate.", CredentialsPage),
        new("ClientAssertion:Audience", "The token endpoint of the tenant.", CredentialsPage),
        new("ClientAssertion:Type", "The documented header.", CredentialsPage),
        new("ClientAssertion:NotBefore", "The documented claims include `nbf`.", CredentialsPage),
    ];

    /// <summary>Gets the tenant, which all profiles of Microsoft Entra ID need.</summary>
    internal static ProviderValue Tenant => new(TenantId, "the Directory (tenant) ID, from the overview of the app registration, or a verified domain of the tenant")
    {
        FindProblem = FindTenantProblem,
    };

    /// <summary>Gets the errors of the token endpoint, by their AADSTS codes.</summary>
    internal static IReadOnlyList<KnownError> Errors =>
    [
        new(null, "AADSTS700027:", "The certificate of the key is not registered for the application, or the signature does not fit it. Upload the certificate in the app registration, Certificates & secrets > Certificates, and compare its thumbprint; a certificate that was replaced has another one."),
        new(null, "AADSTS700016:", "The tenant has no application with this client ID. Check TenantId and ClientId; an application of another tenant needs the consent of an administrator of this tenant first."),
        new(null, "AADSTS7000229:", "The application has no service principal in the tenant. An administrator of the tenant consents to it, or creates the enterprise application."),
        new(null, "AADSTS90002:", "There is no such tenant, or it has no active subscription. Check TenantId; for a national cloud set TokenEndpoint."),
        new(null, "AADSTS900023:", "TenantId is neither a tenant ID nor a verified domain. Copy the Directory (tenant) ID from the overview of the app registration."),
        new(null, "AADSTS1002012:", "The scope of client credentials ends with /.default. Set Scope to the Application ID URI of the API and /.default, such as https://graph.microsoft.com/.default."),
        new(null, "AADSTS70011:", "The scope is not valid. Set Scope to the Application ID URI of the API and /.default, such as https://graph.microsoft.com/.default; several APIs need several clients."),
        new(null, "AADSTS500011:", "The tenant has no service principal for the API in Scope. Check the Application ID URI of the API (Expose an API), and that the API is registered in this tenant."),
        new(null, "AADSTS65001:", "No administrator has consented to the permissions. Grant admin consent in the app registration, API permissions."),
        new(null, "AADSTS700024:", "The assertion is not valid now: the clock of this machine is wrong, or the assertion was held back. Synchronize the clock (NTP).") { IsAboutTimes = true },
        new(null, "AADSTS700021:", "The issuer of the assertion is not the client ID. Remove ClientAssertion:Issuer, and check ClientId."),
        new(null, "AADSTS700023:", "The audience of the assertion is not the token endpoint of the tenant. Remove ClientAssertion:Audience and Issuer."),
        new(null, "AADSTS50012:", "The signature does not fit the registered certificate, or that certificate has expired. Upload the certificate of SigningKey in the app registration, Certificates & secrets > Certificates."),
        new(null, "AADSTS50027:", "The assertion is malformed or has a wrong audience or algorithm. Remove ClientAssertion:Audience, ClientAssertion:Type, ClientAssertion:OmittedClaims and SigningKey:Algorithm, so that the defaults apply."),
        new(null, "AADSTS5002723:", "The header of the assertion does not identify the certificate. Remove SigningKey:X5tS256, so that the default, true, applies."),
        new(null, "AADSTS7000218:", "The request has no credential. Set SigningKey, and leave ClientAuthentication at PrivateKeyJwt."),
        new(null, "AADSTS53003:", "A Conditional Access policy for workload identities blocks the application. An administrator finds the policy in the sign-in logs by the trace ID."),
        new(null, "AADSTS7000112:", "The application is disabled. Enable it in Enterprise applications > Properties."),
    ];

    /// <summary>Sets the defaults for access tokens of Microsoft Entra ID for an application with a certificate. Call it before other settings are set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="tenantId">The Directory (tenant) ID, or a verified domain.</param>
    /// <param name="clientId">The Application (client) ID.</param>
    /// <param name="certificateFile">The path of the certificate with its private key: PEM or PKCS#12.</param>
    /// <param name="scope">The Application ID URI of the API and <c>/.default</c>, such as <c>https://graph.microsoft.com/.default</c>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("graph", options =>
    ///     options.UseEntraId("contoso.onmicrosoft.com", "6731de76-14a6-49ae-97bc-6eba6914391e", "keys/app.pem", "https://graph.microsoft.com/.default"));
    /// </code>
    /// </example>
    public static void UseEntraId(this JwtGrantOptions options, string tenantId, string clientId, string certificateFile, string scope)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tenantId);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(certificateFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (TenantId, tenantId));
        (options.ClientId, options.SigningKey.Path, options.Scope) = (clientId, certificateFile, scope);
    }

    /// <summary>Sets the defaults for the authentication with a certificate.</summary>
    internal static void SetCertificateDefaults(JwtGrantOptions options)
    {
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        options.ClientAssertion.Type = "JWT";
        options.ClientAssertion.NotBefore = true;
        options.SigningKey.Algorithm = "PS256";
        options.SigningKey.X5tS256 = true;
    }

    /// <summary>Derives the token endpoint from the tenant, and the audience from the token endpoint.</summary>
    internal static void DeriveEndpoint(JwtGrantOptions options, ProviderValues values)
    {
        DeriveTokenEndpoint(options, values);
        options.ClientAssertion.Audience ??= options.TokenEndpoint;
    }

    /// <summary>Derives the token endpoint from the tenant.</summary>
    internal static void DeriveTokenEndpoint(JwtGrantOptions options, ProviderValues values)
    {
        if (values[TenantId] is { } tenant)
            options.TokenEndpoint ??= $"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token";
    }

    /// <summary>Finds a scope that is not one of client credentials.</summary>
    internal static IEnumerable<string> FindScopeProblems(JwtGrantOptions options, ProviderValues values)
    {
        if (options is { Grant: GrantType.ClientCredentials, Scope: { } scope } && !scope.EndsWith("/.default", StringComparison.Ordinal))
            yield return $"Scope is {Protocol.SettingText.QuoteUrl(scope)}; expected the Application ID URI of one API and /.default, such as https://graph.microsoft.com/.default. The permissions themselves are granted in the app registration.";
    }

    /// <summary>Finds a certificate that nothing identifies.</summary>
    internal static IEnumerable<string> FindCertificateProblems(JwtGrantOptions options)
    {
        if (options.SigningKey is { X5tS256: false, X5t: false, KeyId: null, KeyIdFrom: KeyIdSource.Key })
            yield return "SigningKey:X5tS256 is false, and nothing else identifies the certificate to Microsoft Entra ID. Set X5tS256 to true.";
    }

    private static string? FindTenantProblem(string tenant) => tenant.ToUpperInvariant() switch
    {
        "COMMON" or "ORGANIZATIONS" or "CONSUMERS" => "is not one tenant; an application that acts for itself needs one",
        _ when tenant.Contains('/', StringComparison.Ordinal) => "has a slash; expected an ID or a domain",
        _ => null,
    };
}
