using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Saml;

public sealed class SamlOptionsTests
{
    private static readonly Dictionary<string, (string Message, Action<SamlAssertionOptions> Change)> InvalidOptions = new()
    {
        ["no issuer"] = ("SamlAssertionOptions.Issuer is missing.", options => options.Issuer = null),
        ["empty issuer"] = ("SamlAssertionOptions.Issuer is empty;", options => options.Issuer = ""),
        ["empty subject"] = ("SamlAssertionOptions.Subject is empty;", options => options.Subject = ""),
        ["control character"] = ("SamlAssertionOptions.Audience has a control character or another character that is not allowed in XML;", options => options.Audience = "a\u0001"),
        ["carriage return"] = ("SamlAssertionOptions.Subject has a control character ", options => options.Subject = "a\rb"),
        ["line break in an attribute name"] = ("SamlAssertionOptions.Attributes: the name 'a\n' has a control character ", options => options.Attributes["a\n"] = ["a"]),
        ["unpaired surrogate"] = ("SamlAssertionOptions.Recipient has a control character or another character that is not allowed in XML;", options => options.Recipient = "a\uD83D"),
        ["no NameID format"] = ("SamlAssertionOptions.NameIdFormat is null.", options => options.NameIdFormat = null!),
        ["zero lifetime"] = ("SamlAssertionOptions.Lifetime is 00:00:00; expected whole seconds from 00:00:01 to 00:15:00.", options => options.Lifetime = TimeSpan.Zero),
        ["lifetime with a fraction of a second"] = ("SamlAssertionOptions.Lifetime is 00:00:01.5000000;", options => options.Lifetime = TimeSpan.FromSeconds(1.5)),
        ["lifetime too long"] = ("SamlAssertionOptions.Lifetime is 00:15:01;", options => options.Lifetime = TimeSpan.FromSeconds(901)),
        ["attribute without a name"] = ("SamlAssertionOptions.Attributes: the name '' is empty;", options => options.Attributes[""] = ["a"]),
        ["attribute without values"] = ("SamlAssertionOptions.Attributes: 'a' is null, or has a value that is null or has a character", options => options.Attributes["a"] = null!),
        ["attribute value that is invalid in XML"] = ("SamlAssertionOptions.Attributes: 'a' is null, or has a value that is null or has a character", options => options.Attributes["a"] = ["\0"]),
    };

    public static TheoryData<string> Rows => [.. InvalidOptions.Keys];

    [Theory, MemberData(nameof(Rows))]
    public void The_error_for_an_invalid_option_names_the_option(string row)
    {
        var options = SamlTestData.Options();
        InvalidOptions[row].Change(options);

        var error = Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(options, SamlTestData.Certificate));

        Assert.Equal((JwtGrantErrorKind.Configuration, "settings_invalid"), (error.Kind, error.Code));
        Assert.StartsWith(InvalidOptions[row].Message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_in_one_error() => Assert.Equal(2, Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(
        new() { Lifetime = TimeSpan.FromDays(1) }, SamlTestData.Certificate)).Message.Split('\n').Length);

    [Fact]
    public void The_shortest_and_the_longest_lifetime_are_accepted()
    {
        foreach (var seconds in new[] { 1, 900 })
        {
            var options = SamlTestData.Options();
            options.Lifetime = TimeSpan.FromSeconds(seconds);
            Assert.NotNull(new SamlAssertionFactory(options, SamlTestData.Certificate));
        }
    }

    [Fact]
    public void A_certificate_with_a_key_that_cannot_sign_is_rejected()
    {
        using var weak = RSA.Create(1024);
        using var publicCertificate = X509CertificateLoader.LoadCertificate(SamlTestData.Certificate.RawData);

        Expect(publicCertificate, "signing_key_unusable", "The certificate 'CN=idp' has no private key,");
        Expect(Keys.CertificateFor(weak, "CN=weak"), "signing_key_too_small", "The RSA key of the certificate 'CN=weak' has 1024 bits;");
        Expect(Keys.CertificateFor(Keys.P256, "CN=ec"), "signing_key_does_not_fit", "The certificate 'CN=ec' has a key with the algorithm 1.2.840.10045.2.1;");
    }

    [Fact]
    public async Task A_key_that_fails_while_signing_is_reported_with_its_cause_as_the_inner_exception()
    {
        var certificate = Keys.CertificateFor(TestData.RsaKey);
        var factory = new SamlAssertionFactory(SamlTestData.Options(), certificate);
        certificate.Dispose();

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => factory.CreateXmlAsync());

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<CryptographicException>(error.InnerException, exactMatch: false);
    }

    [Theory]
    [InlineData("Subject"), InlineData("Audience"), InlineData("Recipient")]
    public async Task The_error_names_a_value_that_neither_the_options_nor_the_request_contain(string name)
    {
        var options = SamlTestData.Options();
        typeof(SamlAssertionOptions).GetProperty(name)!.SetValue(options, null);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => new SamlAssertionFactory(options, SamlTestData.Certificate).CreateXmlAsync());

        Assert.Equal((JwtGrantErrorKind.Configuration, "saml_assertion_incomplete"), (error.Kind, error.Code));
        Assert.StartsWith($"SamlAssertionOptions.{name} is missing, and the token request does not contain it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_with_values_that_an_assertion_cannot_contain_is_rejected()
    {
        var factory = new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate);
        AssertionContext[] contexts =
        [
            new() { Subject = "a\0" }, new() { Claims = new Dictionary<string, object> { ["level"] = 7 } },
            new() { Claims = new Dictionary<string, object> { ["a"] = "\0" } },
        ];

        foreach (var context in contexts)
            Assert.Equal("saml_text_unusable", (await Assert.ThrowsAsync<JwtGrantException>(() => factory.CreateXmlAsync(context))).Code);
    }

    [Fact]
    public async Task A_canceled_call_throws_OperationCanceledException() => await Assert.ThrowsAsync<OperationCanceledException>(
        async () => await new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate).ProvideAsync(new(), new CancellationToken(canceled: true)));

    private static void Expect(X509Certificate2 certificate, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(SamlTestData.Options(), certificate));

        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
