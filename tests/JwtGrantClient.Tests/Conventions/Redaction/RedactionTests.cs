namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>Finds secrets that are added without redaction, in addition to the tests of each type.</summary>
public sealed class RedactionTests
{
    private static readonly SecretMember[] Secrets = [.. SrcAssemblies.InProduction.SelectMany(SecretMember.In)];

    [Fact]
    public void No_type_that_contains_a_secret_can_print_it() =>
        Findings.AssertNone(
            Secrets.Where(secret => !SecretNames.Harmless.ContainsKey(secret.Key)).SelectMany(Leaks.Of),
            "A secret must not appear in ToString, JSON or the debugger. If the member is not a secret, add it with the reason to SecretNames.Harmless.");

    [Fact]
    public void Every_exempt_secret_name_still_exists_and_has_a_reason()
    {
        Findings.AssertNone(
            SecretNames.Harmless.Keys.Except(Secrets.Select(secret => secret.Key)),
            "Remove names that no longer exist from SecretNames.Harmless.");
        Assert.DoesNotContain(SecretNames.Harmless.Values, string.IsNullOrWhiteSpace);
    }

    /// <summary>Detects a defect of the search itself, which would otherwise look like code without leaks.</summary>
    [Fact]
    public void The_search_for_secrets_finds_the_access_token_and_the_assertion() =>
        Assert.Superset(new HashSet<string> { "AccessToken.Value", "Assertion.Value" }, Secrets.Select(secret => secret.Key).ToHashSet());
}
