namespace JwtGrantClient.Setup;

/// <summary>Providers whose ways differ from the standards' defaults, as data.</summary>
internal static class ProviderProfile
{
    /// <summary>What is wrong with the name of a profile.</summary>
    public static string Problem(string name) =>
        $"Profile: '{name}' is not known; this version has no profiles yet. Leave it out, and set what the provider wants one by one.";
}
