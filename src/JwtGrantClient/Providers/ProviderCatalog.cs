using JwtGrantClient.Settings;

namespace JwtGrantClient.Providers;

/// <summary>
/// The profiles of all providers, for <see cref="JwtGrantOptions.Provider"/> in configuration. Code that names a provider does not use it, so that a native
/// program contains only the profile of that provider.
/// </summary>
internal static class ProviderCatalog
{
    // A start that names one provider does not create the profiles of the others.
    private static (string Name, Func<ProviderProfile> Get)[] Entries =>
    [
        ("GoogleServiceAccount", () => GoogleServiceAccountExtensions.Profile),
        ("GoogleSelfSigned", () => GoogleSelfSignedExtensions.Profile),
        ("GoogleWorkloadIdentity", () => GoogleWorkloadIdentityExtensions.Profile),
        ("EntraId", () => EntraIdExtensions.Profile),
        ("EntraIdFederated", () => EntraIdFederatedExtensions.Profile),
        ("EntraIdOnBehalfOf", () => EntraIdOnBehalfOfExtensions.Profile),
        ("SignInWithApple", () => SignInWithAppleExtensions.Profile),
        ("AppStoreConnect", () => AppStoreConnectExtensions.Profile),
        ("Okta", () => OktaExtensions.Profile),
        ("Auth0", () => Auth0Extensions.Profile),
        ("Keycloak", () => KeycloakExtensions.Profile),
        ("Salesforce", () => SalesforceExtensions.Profile),
        ("DocuSign", () => DocuSignExtensions.Profile),
        ("Box", () => BoxExtensions.Profile),
        ("GitHubApp", () => GitHubAppExtensions.Profile),
        ("Maskinporten", () => MaskinportenExtensions.Profile),
        ("HelseID", () => HelseIDExtensions.Profile),
        ("Anthropic", () => AnthropicExtensions.Profile),
        ("OpenAI", () => OpenAIExtensions.Profile),
    ];

    /// <summary>Returns the profiles in the order of the documentation.</summary>
    public static IReadOnlyList<ProviderProfile> All => Array.ConvertAll(Entries, entry => entry.Get());

    /// <summary>Returns the names of the profiles.</summary>
    public static string[] Names => Array.ConvertAll(Entries, entry => entry.Name);

    /// <summary>Returns the profile with a name, in any case; null if there is none.</summary>
    public static ProviderProfile? Find(string name)
    {
        foreach (var (known, get) in Entries)
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return get();
        return null;
    }
}
