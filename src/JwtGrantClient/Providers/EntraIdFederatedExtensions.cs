using JwtGrantClient.Settings;

namespace JwtGrantClient;

/// <summary>
/// The provider <c>EntraIdFederated</c>: access tokens of Microsoft Entra ID for an application that authenticates with a token of another platform, such as AKS.
/// </summary>
public static class EntraIdFederatedExtensions
{
    private const string FederationPage = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";
    private const string FlowPage = "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential";
    private const string TenantId = "TenantId";

    internal static ProviderProfile Profile { get; } = new("EntraIdFederated", "Microsoft Entra ID", "docs/providers/entra-id-federated.md")
    {
        SetDefaults = options =>
        {
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        },
        Values = [EntraIdExtensions.Tenant],
        Derive = (options, values) => EntraIdExtensions.DeriveTokenEndpoint(options, values),
        Required =
        [
            new("ClientId", "the Application (client) ID, of the app registration or of the user-assigned managed identity", options => options.ClientId is not null),
            new(
                "ClientAssertion:TokenFile", "the file with the token of the platform, which AKS names in AZURE_FEDERATED_TOKEN_FILE, unless ClientAssertion:From names another client",
                options => options.ClientAssertion is not { TokenFile: null, From: null }),
            new("Scope", "the Application ID URI of the API and /.default, such as https://graph.microsoft.com/.default", options => options.Scope is not null),
        ],
        FindProblems = EntraIdExtensions.FindScopeProblems,
        Errors =
        [
            new(null, "AADSTS700211:", "No federated credential of the application has the iss of the token. Set the issuer of the federated credential to it, exactly, with or without the slash at its end."),
            new(null, "AADSTS700212:", "No federated credential of the application has the aud of the token. Let the platform issue the token for api://AzureADTokenExchange, or change the audience of the federated credential."),
            new(null, "AADSTS700213:", "No federated credential of the application has the sub of the token. Set the subject of the federated credential to it, exactly; on Kubernetes it is system:serviceaccount:NAMESPACE:NAME."),
            new(null, "AADSTS70021:", "No federated credential of the application fits the token. Compare its iss, sub and aud (api://AzureADTokenExchange) with the federated credential; a new one works after some minutes."),
            new(null, "AADSTS700222:", "The token is one of Microsoft Entra ID, which it does not accept for a federated credential of this kind. Send the token of the platform, or of a managed identity."),
            new(null, "AADSTS700024:", "The token of the platform has expired, or the clock of its issuer is wrong. Check that the platform replaces the file.") { IsAboutTimes = true },
            new(null, "AADSTS50166:", "Microsoft Entra ID cannot read the metadata or the keys of the issuer of the token. The issuer must be public: check its /.well-known/openid-configuration."),
            .. EntraIdExtensions.Errors,
        ],
    };

    /// <summary>Gets what the documentation says about the defaults.</summary>
    internal static IReadOnlyList<ProviderDefault> Defaults =>
    [
        new("TokenEndpoint", "The v2.0 endpoint of the tenant.", FlowPage),
        new("Grant", "The application acts for itself.", FlowPage),
        new("ClientAuthentication", "The token of the platform is the client assertion, unchanged.", FederationPage),
    ];

    /// <summary>
    /// Sets the defaults for access tokens of Microsoft Entra ID for an application that authenticates with a token of another platform. Call it before other
    /// settings are set.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="tenantId">The Directory (tenant) ID, or a verified domain.</param>
    /// <param name="clientId">The Application (client) ID.</param>
    /// <param name="tokenFile">The path of the file with the token of the platform. It is read for each attempt.</param>
    /// <param name="scope">The Application ID URI of the API and <c>/.default</c>, such as <c>https://graph.microsoft.com/.default</c>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static void UseEntraIdFederated(this JwtGrantOptions options, string tenantId, string clientId, string tokenFile, string scope)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tenantId);
        ArgumentNullException.ThrowIfNull(clientId);
        ArgumentNullException.ThrowIfNull(tokenFile);
        ArgumentNullException.ThrowIfNull(scope);
        options.Use(Profile, (TenantId, tenantId));
        (options.ClientId, options.ClientAssertion.TokenFile, options.Scope) = (clientId, tokenFile, scope);
    }
}
