using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Saml;

public sealed class SamlOptionsTests
{
    private static readonly Dictionary<string, (string Message, Action<SamlAssertionOptions> Bend)> Bad = new()
    {
        ["no issuer"] = ("SamlAssertionOptions.Issuer is missing.", options => options.Issuer = null),
        ["an empty issuer"] = ("SamlAssertionOptions.Issuer is empty;", options => options.Issuer = ""),
        ["an empty subject"] = ("SamlAssertionOptions.Subject is empty;", options => options.Subject = ""),
        ["a control character"] = ("SamlAssertionOptions.Audience has a control character or another character that is not allowed in XML;", options => options.Audience = "a\u0001"),
        ["a carriage return"] = ("SamlAssertionOptions.Subject has a control character ", options => options.Subject = "a\rb"),
        ["a line end in a name"] = ("SamlAssertionOptions.Attributes: the name 'a\n' has a control character ", options => options.Attributes["a\n"] = ["a"]),
        ["half a surrogate pair"] = ("SamlAssertionOptions.Recipient has a control character or another character that is not allowed in XML;", options => options.Recipient = "a\uD83D"),
        ["no format"] = ("SamlAssertionOptions.NameIdFormat is null.", options => options.NameIdFormat = null!),
        ["no life"] = ("SamlAssertionOptions.Lifetime is 00:00:00; expected whole seconds from 00:00:01 to 00:15:00.", options => options.Lifetime = TimeSpan.Zero),
        ["a life of parts of a second"] = ("SamlAssertionOptions.Lifetime is 00:00:01.5000000;", options => options.Lifetime = TimeSpan.FromSeconds(1.5)),
        ["too long a life"] = ("SamlAssertionOptions.Lifetime is 00:15:01;", options => options.Lifetime = TimeSpan.FromSeconds(901)),
        ["an attribute without a name"] = ("SamlAssertionOptions.Attributes: the name '' is empty;", options => options.Attributes[""] = ["a"]),
        ["an attribute of null"] = ("SamlAssertionOptions.Attributes: 'a' is null, or has a value that is null or has a character", options => options.Attributes["a"] = null!),
        ["an attribute that XML cannot carry"] = ("SamlAssertionOptions.Attributes: 'a' is null, or has a value that is null or has a character", options => options.Attributes["a"] = ["\0"]),
    };

    public static TheoryData<string> Rows => [.. Bad.Keys];

    [Theory, MemberData(nameof(Rows))]
    public void A_wrong_setting_is_refused_by_name(string row)
    {
        var options = SamlTestData.Options();
        Bad[row].Bend(options);

        var error = Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(options, SamlTestData.Certificate));

        Assert.Equal((JwtGrantErrorKind.Configuration, "settings_invalid"), (error.Kind, error.Code));
        Assert.StartsWith(Bad[row].Message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once() => Assert.Equal(2, Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(
        new() { Lifetime = TimeSpan.FromDays(1) }, SamlTestData.Certificate)).Message.Split('\n').Length);

    [Fact]
    public void A_lifetime_is_accepted_at_both_ends()
    {
        foreach (var seconds in new[] { 1, 900 })
        {
            var options = SamlTestData.Options();
            options.Lifetime = TimeSpan.FromSeconds(seconds);
            Assert.NotNull(new SamlAssertionFactory(options, SamlTestData.Certificate));
        }
    }

    [Fact]
    public void A_key_that_cannot_sign_is_refused()
    {
        using var weak = RSA.Create(1024);
        using var bare = X509CertificateLoader.LoadCertificate(SamlTestData.Certificate.RawData);

        Expect(bare, "signing_key_unusable", "The certificate 'CN=idp' has no private key,");
        Expect(Keys.CertificateFor(weak, "CN=weak"), "signing_key_too_small", "The RSA key of the certificate 'CN=weak' has 1024 bits;");
        Expect(Keys.CertificateFor(Keys.P256, "CN=ec"), "signing_key_does_not_fit", "The certificate 'CN=ec' has a key with the algorithm 1.2.840.10045.2.1;");
    }

    [Fact]
    public async Task A_key_that_fails_later_is_a_signing_error_with_the_cause_inside()
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
    public async Task What_neither_settings_nor_request_tell_is_named(string name)
    {
        var options = SamlTestData.Options();
        typeof(SamlAssertionOptions).GetProperty(name)!.SetValue(options, null);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => new SamlAssertionFactory(options, SamlTestData.Certificate).CreateXmlAsync());

        Assert.Equal((JwtGrantErrorKind.Configuration, "saml_assertion_incomplete"), (error.Kind, error.Code));
        Assert.StartsWith($"SamlAssertionOptions.{name} is missing, and the token request does not contain it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_request_asks_for_and_an_assertion_cannot_say_is_refused()
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
    public async Task A_call_that_is_cancelled_signs_nothing() => await Assert.ThrowsAsync<OperationCanceledException>(
        async () => await new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate).ProvideAsync(new(), new CancellationToken(canceled: true)));

    private static void Expect(X509Certificate2 certificate, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => new SamlAssertionFactory(SamlTestData.Options(), certificate));

        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
