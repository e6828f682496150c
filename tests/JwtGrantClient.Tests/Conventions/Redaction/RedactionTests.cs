namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>The net under the tests of each type: it catches the secret that somebody added and forgot to hide.</summary>
public sealed class RedactionTests
{
    private static readonly SecretMember[] Secrets = [.. SrcAssemblies.InProduction.SelectMany(SecretMember.In)];

    [Fact]
    public void No_type_that_holds_a_secret_can_print_it() =>
        Findings.AssertNone(
            Secrets.Where(secret => !SecretNames.Harmless.ContainsKey(secret.Key)).SelectMany(Leaks.Of),
            "A secret must not get out by ToString, JSON or debugger. If it is none, name it with the reason in SecretNames.Harmless.");

    [Fact]
    public void Every_harmless_name_still_exists_and_has_its_reason()
    {
        Findings.AssertNone(
            SecretNames.Harmless.Keys.Except(Secrets.Select(secret => secret.Key)),
            "Take what is gone out of SecretNames.Harmless.");
        Assert.DoesNotContain(SecretNames.Harmless.Values, string.IsNullOrWhiteSpace);
    }

    /// <summary>Without this, a change that blinded the search would look like a tree without leaks.</summary>
    [Fact]
    public void The_search_finds_the_secrets_that_the_library_is_about() =>
        Assert.Superset(new HashSet<string> { "AccessToken.Value", "Assertion.Value" }, Secrets.Select(secret => secret.Key).ToHashSet());
}
