using JwtGrantClient.Providers;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.Conventions;

namespace JwtGrantClient.Tests.Providers;

/// <summary>How a provider by name and ordinary settings are combined.</summary>
public sealed class ProviderBindingTests
{
    public static TheoryData<string> Providers => [.. ProviderCatalog.All.Select(profile => profile.Name)];

    [Fact]
    public void Defaults_apply_before_the_configuration_which_overrides_them()
    {
        var options = Bind("""{ "Provider": "googleserviceaccount", "TokenEndpoint": "https://oauth2.example.com/token", "SendClientId": true }""");

        Assert.Equal("GoogleServiceAccount", options.FindProfile()!.Name);
        Assert.Equal(("https://oauth2.example.com/token", true, ScopePlacement.Claim), (options.TokenEndpoint, options.SendClientId, options.ScopePlacement));
    }

    [Fact]
    public void A_configured_list_replaces_the_list_of_the_provider() =>
        Assert.Equal(["jti", "iat"], Bind("""{ "Provider": "GoogleServiceAccount", "Assertion": { "OmittedClaims": [ "jti", "iat" ] } }""").Assertion.OmittedClaims);

    [Fact]
    public void An_empty_value_keeps_the_default() =>
        Assert.Equal(["sub"], Bind("""{ "Provider": "GoogleServiceAccount", "TokenEndpoint": "", "Assertion": { "OmittedClaims": [] } }""").Assertion.OmittedClaims);

    [Theory]
    [InlineData("GoogleServiceAcount", "Client:Provider is 'GoogleServiceAcount', which is not a provider. Did you mean GoogleServiceAccount?")]
    [InlineData("Contoso", "Client:Provider is 'Contoso', which is not a provider. The providers are GoogleServiceAccount")]
    public void An_unknown_provider_is_the_only_problem(string name, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems($$"""{ "Provider": "{{name}}", "TenantId": "x" }""")), StringComparison.Ordinal);

    [Fact]
    public void A_value_of_another_provider_is_reported_with_its_provider() => Assert.Contains(
        "Client:TargetAudience is a value of the provider GoogleServiceAccount, and the provider is not set. Set Provider to GoogleServiceAccount, or remove the value.",
        ProviderClient.Problems("""{ "Issuer": "https://as.example.com", "TargetAudience": "x" }"""));

    [Fact]
    public void A_misspelled_value_of_the_provider_gets_a_suggestion() => Assert.Contains(
        "Client:TargetAudiense is not a setting. Did you mean TargetAudience?",
        ProviderClient.Problems("""{ "Provider": "GoogleServiceAccount", "TargetAudiense": "x" }"""));

    [Fact]
    public void A_second_provider_in_code_is_a_problem()
    {
        var options = Bind("""{ "Provider": "GoogleServiceAccount" }""");
        options.UseGoogleServiceAccount("sa.json");

        Assert.Contains("Provider is GoogleServiceAccount, and code sets the defaults of GoogleServiceAccount, too. Remove one of them.", OptionsChecks.Find(options, new ClientDependencies()));
    }

    [Fact]
    public void The_names_of_the_providers_are_unique() =>
        Assert.Equal(ProviderCatalog.All.Count, ProviderCatalog.All.Select(profile => profile.Name.ToUpperInvariant()).Distinct().Count());

    [Fact]
    public void The_names_of_the_catalog_are_those_of_the_profiles() => Assert.Equal(ProviderCatalog.All.Select(profile => profile.Name), ProviderCatalog.Names);

    [Theory]
    [MemberData(nameof(Providers))]
    public void A_value_of_a_provider_has_a_name_that_no_setting_has(string name) => Assert.DoesNotContain(
        ProviderCatalog.Find(name)!.Values.Select(value => value.Name),
        value => typeof(JwtGrantOptions).GetProperties().Any(property => property.Name.Equals(value, StringComparison.OrdinalIgnoreCase)));

    [Theory]
    [MemberData(nameof(Providers))]
    public void The_page_of_a_provider_exists(string name) => Assert.True(SourceTree.Exists(ProviderCatalog.Find(name)!.Page), ProviderCatalog.Find(name)!.Page);

    private static JwtGrantOptions Bind(string json)
    {
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(ProviderClient.Section(json), options);
        return options;
    }
}
