using System.Text;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Mistakes that the configuration binder ignores, or fails on without naming the key.</summary>
public sealed class SectionChecksTests
{
    [Theory]
    [InlineData("""{ "SigninKey": { "Path": "x" } }""", "JwtGrant:SigninKey is not a setting. Did you mean SigningKey?")]
    [InlineData("""{ "signing_key": {} }""", "JwtGrant:signing_key is not a setting. Did you mean SigningKey?")]
    [InlineData("""{ "Client_Id": "x" }""", "JwtGrant:Client_Id is not a setting. Did you mean ClientId?")]
    [InlineData("""{ "Scopes": "x" }""", "JwtGrant:Scopes is not a setting. Did you mean Scope?")]
    [InlineData("""{ "Assertion": { "Audiance": "x" } }""", "JwtGrant:Assertion:Audiance is not a setting. Did you mean Audience?")]
    [InlineData("""{ "ClientAssertion": { "SigningKey": { "Kid": "x" } } }""",
        "JwtGrant:ClientAssertion:SigningKey:Kid is not a setting. The valid settings are Path, Text, EnvironmentVariable, Certificate, Password, PasswordEnvironmentVariable, PasswordFile, KeyId, KeyIdFrom, Algorithm, X5t, X5tS256, X5c.")]
    public void An_unknown_key_is_reported_with_the_most_similar_known_key(string json, string problem) => AssertProblemWithBinding(json, problem);

    [Theory]
    [InlineData("""{ "Scope": [ "a", "b" ] }""", "JwtGrant:Scope is a list or a section; expected one value.")]
    [InlineData("""{ "Issuer": { "Url": "x" } }""", "JwtGrant:Issuer is a list or a section; expected one value.")]
    [InlineData("""{ "Resource": "https://a" }""", "JwtGrant:Resource is one string; expected a list. Put the value in brackets, or set JwtGrant:Resource:0.")]
    [InlineData("""{ "Resource": [ { "a": "b" } ] }""", "JwtGrant:Resource:0 is a list or a section; expected one value.")]
    [InlineData("""{ "Parameters": { "p": [ "a" ] } }""", "JwtGrant:Parameters:p is a list or a section; expected one value.")]
    [InlineData("""{ "Assertion": "x" }""",
        "JwtGrant:Assertion is a string; expected a section with Issuer, Subject, Audience, Lifetime, AllowLongLifetime, TokenFile, Claims.")]
    [InlineData("""{ "Assertion": { "Claims": { "address": { "city": "x" } } } }""",
        "JwtGrant:Assertion:Claims:address is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    [InlineData("""{ "Assertion": { "Claims": { "list": [ [ "x" ] ] } } }""",
        "JwtGrant:Assertion:Claims:list is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    [InlineData("""{ "Assertion": { "Claims": { "https://example.com/roles": "x" } } }""",
        "JwtGrant:Assertion:Claims:https is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    public void A_value_of_the_wrong_shape_is_reported(string json, string problem) => AssertProblemWithBinding(json, problem);

    [Theory]
    [InlineData("""{ "Grant": "jwt-bearer" }""", "JwtGrant:Grant is 'jwt-bearer'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer.")]
    [InlineData("""{ "Grant": 1 }""", "JwtGrant:Grant is '1'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer.")]
    [InlineData("""{ "ClientAuthentication": "" }""", "JwtGrant:ClientAuthentication is ''; expected None or PrivateKeyJwt or ClientSecretBasic or ClientSecretPost or JwtAsClientSecret or MutualTls.")]
    [InlineData("""{ "SendClientId": "yes" }""", "JwtGrant:SendClientId is 'yes'; expected true or false.")]
    [InlineData("""{ "Refresh": { "EarliestFraction": "0,5" } }""", "JwtGrant:Refresh:EarliestFraction is '0,5'; expected a number such as 0.5.")]
    [InlineData("""{ "Assertion": { "Lifetime": "2m" } }""",
        "JwtGrant:Assertion:Lifetime is '2m'; expected hours:minutes:seconds, such as 00:02:00.")]
    [InlineData("""{ "DefaultTokenLifetime": 1 }""",
        "JwtGrant:DefaultTokenLifetime is '1'; expected hours:minutes:seconds, such as 00:02:00.")]
    public void A_value_that_cannot_be_converted_is_reported_with_its_key_and_the_expected_format(string json, string problem)
    {
        var checks = Check(json);

        Assert.Equal([problem], checks.Problems);
        Assert.False(checks.CanBeBound);
    }

    [Fact]
    public void All_problems_of_a_section_are_reported_and_unbound_settings_are_not_validated()
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(Section("""{ "Grant": "x", "Isuer": "y", "Assertion": { "Lifetime": "z" }, "Refresh": { "LatestFraction": "w" } }"""), options);

        Assert.Equal(
            [
                "JwtGrant:Assertion:Lifetime is 'z'; expected hours:minutes:seconds, such as 00:02:00.",
                "JwtGrant:Grant is 'x'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer.",
                "JwtGrant:Isuer is not a setting. Did you mean Issuer?",
                "JwtGrant:Refresh:LatestFraction is 'w'; expected a number such as 0.5.",
            ],
            OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void A_misspelled_key_is_reported_with_the_problem_that_it_causes()
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(Section("""{ "Issuer": "https://as.example.com", "ClientId": "c", "SigninKey": { "Path": "x" } }"""), options);

        Assert.Equal(
            [
                "JwtGrant:SigninKey is not a setting. Did you mean SigningKey?",
                "SigningKey: No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and Certificate.",
            ],
            OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void A_private_key_in_the_wrong_place_is_not_printed()
    {
        var checks = Check("""{ "SigningKey": "-----BEGIN PRIVATE KEY-----", "SigningKy": "-----BEGIN PRIVATE KEY-----" }""");

        Assert.Equal(
            [
                "JwtGrant:SigningKey is a string; expected a section with Path, Text, EnvironmentVariable, Certificate, Password, PasswordEnvironmentVariable, PasswordFile, KeyId, KeyIdFrom, Algorithm, X5t, X5tS256, X5c.",
                "JwtGrant:SigningKy is not a setting. Did you mean SigningKey?",
            ],
            checks.Problems);
    }

    private static void AssertProblemWithBinding(string json, string problem)
    {
        var checks = Check(json);

        Assert.Equal([problem], checks.Problems);
        Assert.True(checks.CanBeBound);
    }

    private static SectionChecks Check(string json) => SectionChecks.Create(Section(json));

    private static IConfigurationSection Section(string json) => new ConfigurationBuilder()
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "JwtGrant": {{json}} }"""))).Build().GetSection("JwtGrant");
}
