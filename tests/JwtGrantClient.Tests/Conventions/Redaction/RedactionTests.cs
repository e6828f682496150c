namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>The net under the tests of each type: it catches the secret that somebody added and forgot to hide.</summary>
public sealed class RedactionTests
{
    [Fact]
    public void No_type_that_holds_a_secret_can_print_it() =>
        Findings.AssertNone(
            SrcAssemblies.InProduction.SelectMany(SecretMember.In).SelectMany(Leaks.Of),
            "A secret must not get out by ToString, JSON or debugger. If it is none, name it with the reason in SecretNames.Harmless.");

    [Fact]
    public void Every_harmless_name_still_exists_and_has_its_reason()
    {
        var members = SrcAssemblies.InProduction
            .SelectMany(assembly => assembly.WrittenTypes())
            .SelectMany(type => type.GetProperties().Select(property => $"{type.Name}.{property.Name}"));

        Findings.AssertNone(SecretNames.Harmless.Keys.Except(members), "Take what is gone out of SecretNames.Harmless.");
        Assert.DoesNotContain(SecretNames.Harmless.Values, string.IsNullOrWhiteSpace);
    }
}
