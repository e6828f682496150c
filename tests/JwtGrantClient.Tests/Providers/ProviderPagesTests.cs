using System.Collections;
using System.Globalization;
using System.Text;
using JwtGrantClient.Providers;
using JwtGrantClient.Settings;
using JwtGrantClient.Tests.Conventions;
using JwtGrantClient.Tests.Conventions.Documentation;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The tables of the pages in docs/providers are those of the profiles. To write them after a profile has changed, set the environment variable
/// UPDATE_PROVIDER_PAGES to 1 and run this class.
/// </summary>
public sealed class ProviderPagesTests
{
    private const string Start = "<!-- from the profile -->", End = "<!-- end -->";

    private static readonly bool Updates = Environment.GetEnvironmentVariable("UPDATE_PROVIDER_PAGES") == "1";

    /// <summary>The evidence of each profile, which the library itself does not contain.</summary>
    private static readonly Dictionary<string, IReadOnlyList<ProviderDefault>> Evidence = new()
    {
        ["GoogleServiceAccount"] = GoogleServiceAccountExtensions.Defaults,
        ["GoogleSelfSigned"] = GoogleSelfSignedExtensions.Defaults,
        ["GoogleWorkloadIdentity"] = GoogleWorkloadIdentityExtensions.Defaults,
        ["EntraId"] = EntraIdExtensions.Defaults,
        ["EntraIdFederated"] = EntraIdFederatedExtensions.Defaults,
        ["EntraIdOnBehalfOf"] = EntraIdOnBehalfOfExtensions.Defaults,
        ["Salesforce"] = SalesforceExtensions.Defaults,
        ["GitHubApp"] = GitHubAppExtensions.Defaults,
        ["SignInWithApple"] = SignInWithAppleExtensions.Defaults,
        ["Okta"] = OktaExtensions.Defaults,
        ["Auth0"] = Auth0Extensions.Defaults,
        ["DocuSign"] = DocuSignExtensions.Defaults,
        ["Maskinporten"] = MaskinportenExtensions.Defaults,
        ["Keycloak"] = KeycloakExtensions.Defaults,
        ["Box"] = BoxExtensions.Defaults,
        ["AppStoreConnect"] = AppStoreConnectExtensions.Defaults,
        ["HelseID"] = HelseIDExtensions.Defaults,
        ["Anthropic"] = AnthropicExtensions.Defaults,
        ["OpenAI"] = OpenAIExtensions.Defaults,
    };

    public static TheoryData<string> Providers => [.. ProviderCatalog.All.Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(Providers))]
    public void The_page_has_the_tables_of_the_profile(string name)
    {
        var profile = ProviderCatalog.Find(name)!;

        AssertBlock(profile.Page, Start, End, Render(profile));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Each_default_has_its_evidence(string name) => Assert.Equal(
        DefaultsOf(ProviderCatalog.Find(name)!).Select(setting => setting.Setting).Order(StringComparer.Ordinal),
        Evidence[name].Select(evidence => evidence.Setting).Order(StringComparer.Ordinal));

    [Fact]
    public void The_index_of_docs_has_all_providers() => AssertBlock(
        "docs/README.md", "<!-- providers -->", End,
        "| provider | `Provider` |\n|---|---|\n" + string.Concat(ProviderCatalog.All.Select(profile => $"| [{TitleOf(profile)}]({profile.Page["docs/".Length..]}) | `{profile.Name}` |\n")));

    [Fact]
    public void The_README_names_all_providers() => Assert.All(
        ProviderCatalog.All, profile => Assert.Contains($"]({profile.Page})", SourceTree.Read("README.md"), StringComparison.Ordinal));

    // The heading of the page.
    private static string TitleOf(ProviderProfile profile) => SourceTree.Read(profile.Page).Split('\n')[0].TrimStart('#', ' ');

    private static void AssertBlock(string path, string startMark, string endMark, string expected)
    {
        var text = SourceTree.Read(path);
        var start = text.IndexOf(startMark, StringComparison.Ordinal) + startMark.Length;
        var end = text.IndexOf(endMark, Math.Max(start, 0), StringComparison.Ordinal);
        Assert.True(start >= startMark.Length && end > start, $"{path} has no block from '{startMark}' to '{endMark}'.");
        if (Updates)
            File.WriteAllText(Path.Combine(SourceTree.Root, path), $"{text[..start]}\n{expected}{text[end..]}");
        else
            Assert.True(text[start..end] == $"\n{expected}", $"{path} differs from the profile. Set UPDATE_PROVIDER_PAGES to 1 and run this test, or replace the block by:\n{expected}");
    }

    private static string Render(ProviderProfile profile)
    {
        var page = new StringBuilder();
        if (profile.Values.Count > 0)
        {
            page.Append("| value | required | meaning |\n|---|---|---|\n");
            foreach (var value in profile.Values)
                page.Append(CultureInfo.InvariantCulture, $"| `{value.Name}` | {(value.IsRequired ? "yes" : "no")} | {Sentence(value.Term)} |\n");
            page.Append('\n');
        }
        if (profile.Required.Count > 0)
        {
            page.Append("| required setting | meaning |\n|---|---|\n");
            foreach (var required in profile.Required)
                page.Append(CultureInfo.InvariantCulture, $"| `{required.Setting}` | {Sentence(required.Term)} |\n");
            page.Append('\n');
        }
        page.Append("| default | value | why |\n|---|---|---|\n");
        foreach (var (setting, value) in DefaultsOf(profile))
        {
            var evidence = Evidence[profile.Name].Single(one => one.Setting == setting);
            page.Append(CultureInfo.InvariantCulture, $"| `{setting}` | {(value.Length == 0 ? "none" : $"`{value}`")} | {evidence.Reason} ([source]({evidence.Source}){(evidence.IsVerified ? "" : ", not verified")}) |\n");
        }
        if (profile.Algorithms.Count > 0)
            page.Append(CultureInfo.InvariantCulture, $"\nAccepted algorithms: {string.Join(", ", profile.Algorithms)}.\n");
        if (profile.MaxLifetime is { } maximum)
            page.Append(CultureInfo.InvariantCulture, $"\nLongest lifetime of an assertion: {maximum}.\n");
        if (profile.Errors.Count > 0)
            page.Append("\n| error | text | what to do |\n|---|---|---|\n");
        foreach (var error in profile.Errors)
            page.Append(CultureInfo.InvariantCulture, $"| {(error.Error is null ? "any" : $"`{error.Error}`")} | {error.Text ?? "any"} | {error.Advice} |\n");
        return page.ToString();
    }

    private static string Sentence(string term) => $"{char.ToUpperInvariant(term[0])}{term[1..]}.";

    /// <summary>Returns the settings that the profile changes. A value stands in it as its name in braces.</summary>
    private static IEnumerable<(string Setting, string Value)> DefaultsOf(ProviderProfile profile)
    {
        var (changed, unchanged) = (new JwtGrantOptions(), new JwtGrantOptions());
        changed.Use(profile, [.. profile.Values.Where(value => value.IsRequired).Select(value => (value.Name, (string?)$"{{{value.Name}}}"))]);
        return
            from path in SettingsSamples.AllPaths()
            where path != "Provider"
            let value = Text(SettingsSamples.ValueOf(changed, path))
            where value != Text(SettingsSamples.ValueOf(unchanged, path))
            select (path, value);
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IDictionary<string, string> fields => string.Join(", ", fields.Select(field => $"{field.Key}={field.Value}")),
        IDictionary<string, object> claims => string.Join(", ", claims.Select(claim => $"{claim.Key}={claim.Value}")),
        IEnumerable items => string.Join(", ", items.Cast<object>()),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
