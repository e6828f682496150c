using System.Text;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Mistakes that the configuration binder ignores, or fails on without naming the key.</summary>
public sealed class SectionChecksTests
{
    [Theory]
    [InlineData("""{ "SigninKey": { "Path": "x" } }""", "JwtGrant:SigninKey is not a setting. Did you mean SigningKey?")]
    [InlineData("""{ "signing_key": {} }""", "JwtGrant:signing_key is not a setting. Did you mean SigningKey?")]
    [InlineData("""{ "Client_Id": "x" }""", "JwtGrant:Client_Id is not a setting. Did you mean ClientId?")]
    [InlineData("""{ "Isseur": "x" }""", "JwtGrant:Isseur is not a setting. Did you mean Issuer?")]
    [InlineData("""{ "Socpe": "x" }""", "JwtGrant:Socpe is not a setting. Did you mean Scope?")]
    [InlineData("""{ "KeyId": "x" }""", "JwtGrant:KeyId is not a setting. Did you mean SigningKey:KeyId?")]
    [InlineData("""{ "key_id": "x" }""", "JwtGrant:key_id is not a setting. Did you mean SigningKey:KeyId?")]
    [InlineData("""{ "Lifetime": "x" }""", "JwtGrant:Lifetime is not a setting. Did you mean Assertion:Lifetime or ClientAssertion:Lifetime?")]
    [InlineData("""{ "Audience": "x" }""", "JwtGrant:Audience is not a setting. Did you mean Assertion:Audience or ClientAssertion:Audience or TokenExchange:Audience?")]
    [InlineData("""{ "MaxRetryAttempts": "x" }""", "JwtGrant:MaxRetryAttempts is not a setting. Did you mean Retry:MaxRetryAttempts?")]
    [InlineData("""{ "Scopes": "x" }""", "JwtGrant:Scopes is not a setting. Did you mean Scope?")]
    [InlineData("""{ "Assertion": { "Audiance": "x" } }""", "JwtGrant:Assertion:Audiance is not a setting. Did you mean Audience?")]
    [InlineData("""{ "ClientAssertion": { "SigningKey": { "Kid": "x" } } }""",
        "JwtGrant:ClientAssertion:SigningKey:Kid is not a setting. The valid settings are Path, Text, EnvironmentVariable, Certificate, Password, PasswordEnvironmentVariable, PasswordFile, KeyId, KeyIdFrom, Algorithm, X5t, X5tS256, X5c, X5cRoot.")]
    public void An_unknown_key_is_reported_with_the_most_similar_known_key(string json, string problem) => AssertProblemWithBinding(json, problem);

    [Theory]
    [InlineData("""{ "Scope": [ "a", "b" ] }""", "JwtGrant:Scope is a list or a section; expected one value.")]
    [InlineData("""{ "Issuer": { "Url": "x" } }""", "JwtGrant:Issuer is a list or a section; expected one value.")]
    [InlineData("""{ "Resource": "https://a" }""", "JwtGrant:Resource is one string; expected a list. Put the value in brackets, or set JwtGrant:Resource:0.")]
    [InlineData("""{ "Resource": [ { "a": "b" } ] }""", "JwtGrant:Resource:0 is a list or a section; expected one value.")]
    [InlineData("""{ "Parameters": { "p": [ "a" ] } }""", "JwtGrant:Parameters:p is a list or a section; expected one value.")]
    [InlineData("""{ "Assertion": "x" }""",
        "JwtGrant:Assertion is a string; expected a section with Issuer, Subject, Audience, Lifetime, AllowLongLifetime, OmittedClaims, NotBefore, Backdate, Header, TokenFile, From, FromRequest, Claims.")]
    [InlineData("""{ "Assertion": { "Claims": { "address": { "city": "x" } } } }""",
        "JwtGrant:Assertion:Claims:address is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    [InlineData("""{ "Assertion": { "Claims": { "list": [ [ "x" ] ] } } }""",
        "JwtGrant:Assertion:Claims:list is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    [InlineData("""{ "Assertion": { "Claims": { "https://example.com/roles": "x" } } }""",
        "JwtGrant:Assertion:Claims:https is nested; configuration supports strings and arrays of strings. Add other claims in code.")]
    public void A_value_of_the_wrong_shape_is_reported(string json, string problem) => AssertProblemWithBinding(json, problem);

    [Theory]
    [InlineData("""{ "Grant": "jwt-bearer" }""", "JwtGrant:Grant is 'jwt-bearer'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer or SelfSigned.")]
    [InlineData("""{ "Grant": 1 }""", "JwtGrant:Grant is '1'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer or SelfSigned.")]
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
                "JwtGrant:Grant is 'x'; expected JwtBearer or ClientCredentials or TokenExchange or Saml2Bearer or SelfSigned.",
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
    public void At_most_five_unknown_keys_are_listed()
    {
        var checks = Check("""{ "Scop": "", "Issue": "", "Default": "", "Microsoft": "", "Logging": { "LogLevel": "" }, "Urls": "", "Hosts": "" }""");

        Assert.Equal(6, checks.Problems.Count);
        Assert.Equal("2 more keys of the section 'JwtGrant' are not settings. Check that it is the right section.", checks.Problems[^1]);
        Assert.Equal(1, checks.Problems.Count(problem => problem.Contains("The valid settings are", StringComparison.Ordinal)));
        Assert.All(checks.Problems.SkipLast(1), problem => Assert.Contains(" is not a setting. ", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_root_of_the_configuration_is_reported_without_its_keys()
    {
        var root = new ConfigurationBuilder()
            .AddInMemoryCollection([new("PATH", "/bin"), new("SECRET_NAME", "x"), new("JwtGrant:Reports:Issuer", TestData.Issuer), new("Grant", "wrong")])
            .Build();
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(root, options);

        Assert.Equal(
            ["The whole configuration was passed instead of a section; 3 of its keys are not settings. Pass the section of the client, such as configuration.GetSection(\"JwtGrant:Reports\")."],
            OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void The_root_of_a_configuration_that_has_settings_only_is_bound()
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(new ConfigurationBuilder().AddInMemoryCollection([new("Issuer", TestData.Issuer)]).Build(), options);

        Assert.Equal(TestData.Issuer, options.Issuer);
        Assert.Empty(options.SectionProblems);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("""{ "Issuer": "", "SigningKey": { "Path": "" } }""")]
    public void A_section_that_is_missing_or_empty_is_named(string json)
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(Section(json), options);

        Assert.Equal(
            ["Section 'JwtGrant' does not exist or is empty. Correct the name in GetSection, or add the settings. A file of the configuration may be missing, too."],
            OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void A_missing_section_is_no_problem_if_code_sets_the_options()
    {
        var options = TestClient.Options();

        OptionsBinding.Bind(Section("{}"), options);

        Assert.Empty(OptionsChecks.Find(options, new()));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void An_empty_value_in_a_later_layer_unsets_a_value(string empty)
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(
            Section(
                """{ "Issuer": "https://as.example.com", "TokenEndpoint": "https://as.example.com/token", "Grant": "ClientCredentials", "SendClientId": false, "SigningKey": { "Path": "key.pem" }, "ClientCertificate": { "Path": "x" }, "Resource": [ "https://a" ], "Assertion": { "Claims": { "tenant": "t" } } }""",
                $$"""{ "Issuer": {{empty}}, "Grant": {{empty}}, "SendClientId": {{empty}}, "DefaultTokenLifetime": {{empty}}, "SigningKey": { "Path": {{empty}}, "Text": "x" }, "ClientCertificate": { "Path": {{empty}} }, "Resource": [ {{empty}} ], "Assertion": { "Claims": { "tenant": {{empty}} } }, "Refresh": { "EarliestFraction": {{empty}} } }"""),
            options);

        Assert.Empty(options.SectionProblems);
        Assert.Equal((null, "https://as.example.com/token", GrantType.JwtBearer, true), (options.Issuer, options.TokenEndpoint, options.Grant, options.SendClientId));
        Assert.Equal((null, "x"), (options.SigningKey.Path, options.SigningKey.Text));
        Assert.Null(options.ClientCertificate);
        Assert.Empty(options.Resource);
        Assert.Empty(options.Assertion.Claims);
        Assert.Equal(0.5, options.Refresh.EarliestFraction);
    }

    [Fact]
    public void An_empty_password_and_an_empty_parameter_are_values()
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(Section("""{ "SigningKey": { "Password": "" }, "Parameters": { "hint": "" } }"""), options);

        Assert.Equal("", options.SigningKey.Password);
        Assert.Equal([new("hint", "")], options.Parameters);
    }

    [Fact]
    public void A_key_with_an_empty_path_in_code_is_the_key_as_text()
    {
        var options = TestClient.Options();
        options.SigningKey.Path = "";

        Assert.Empty(OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void An_issuer_that_is_empty_in_code_is_reported_as_empty()
    {
        var options = TestClient.Options();
        options.Issuer = "";

        Assert.Equal(["Issuer is empty. Set it to a value, or remove it."], OptionsChecks.Find(options, new()));
    }

    [Fact]
    public void A_private_key_in_the_wrong_place_is_not_printed()
    {
        var checks = Check("""{ "SigningKey": "-----BEGIN PRIVATE KEY-----", "SigningKy": "-----BEGIN PRIVATE KEY-----" }""");

        Assert.Equal(
            [
                "JwtGrant:SigningKey is a string; expected a section with Path, Text, EnvironmentVariable, Certificate, Password, PasswordEnvironmentVariable, PasswordFile, KeyId, KeyIdFrom, Algorithm, X5t, X5tS256, X5c, X5cRoot.",
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

    private static IConfigurationSection Section(params string[] layers)
    {
        var builder = new ConfigurationBuilder();
        foreach (var json in layers)
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "JwtGrant": {{json}} }""")));
        return builder.Build().GetSection("JwtGrant");
    }
}
