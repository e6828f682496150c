using JwtGrantClient.Settings;

namespace JwtGrantClient.Providers;

/// <summary>
/// The profiles of all providers, for <see cref="JwtGrantOptions.Provider"/> in configuration. Code that names a provider does not use it, so that a native
/// program contains only the profile of that provider.
/// </summary>
internal static class ProviderCatalog
{
    /// <summary>Returns the profiles in the order of the documentation.</summary>
    public static IReadOnlyList<ProviderProfile> All =>
    [
        GoogleServiceAccountExtensions.Profile, GoogleSelfSignedExtensions.Profile, GoogleWorkloadIdentityExtensions.Profile,
        EntraIdExtensions.Profile, EntraIdFederatedExtensions.Profile, EntraIdOnBehalfOfExtensions.Profile,
        SignInWithAppleExtensions.Profile, AppStoreConnectExtensions.Profile,
        OktaExtensions.Profile, Auth0Extensions.Profile, KeycloakExtensions.Profile,
        SalesforceExtensions.Profile, DocuSignExtensions.Profile, BoxExtensions.Profile, GitHubAppExtensions.Profile,
        MaskinportenExtensions.Profile, HelseIDExtensions.Profile,
        AnthropicExtensions.Profile, OpenAIExtensions.Profile,
    ];

    /// <summary>Returns the profile with a name, in any case; null if there is none.</summary>
    public static ProviderProfile? Find(string name)
    {
        foreach (var profile in All)
            if (profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return profile;
        return null;
    }
}
