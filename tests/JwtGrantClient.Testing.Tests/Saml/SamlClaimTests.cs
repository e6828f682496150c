using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>The validation of conditions, audience, subject, subject confirmation and authentication statement (RFC 7522 section 3).</summary>
public sealed class SamlClaimTests
{
    private static readonly string End = SamlAssertionBuilder.Timestamp(120);
    private static readonly string Now = SamlAssertionBuilder.Timestamp(0);
    private static readonly string Data = $"<saml:SubjectConfirmationData NotOnOrAfter=\"{End}\" Recipient=\"{TestData.TokenEndpoint}\"/>";
    private const string Audience = $"<saml:AudienceRestriction><saml:Audience>{TestData.Issuer}</saml:Audience></saml:AudienceRestriction>";
    private static readonly string Conditions = $"<saml:Conditions NotOnOrAfter=\"{End}\">";
    private const string OtherAudience = "<saml:AudienceRestriction><saml:Audience>https://other.example.com</saml:Audience></saml:AudienceRestriction>";
    private const string Class = "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>";

    private static readonly Dictionary<string, (string Rule, Action<SamlAssertionBuilder> Change)> Invalid = new()
    {
        ["Conditions that ended now"] = ("X07", assertion => assertion.Replace(Conditions, ConditionsBetween(-60, 0))),
        ["Conditions that begin in 11 s"] = ("X07", assertion => assertion.Replace(Conditions, ConditionsBetween(11, 120))),
        ["Conditions that end before they begin"] = ("X07", assertion => assertion.Replace(Conditions, ConditionsBetween(5, 4))),
        ["an unknown condition"] = ("X07", assertion => assertion.Replace(Audience, Audience + "<saml:Condition/>")),
        ["no IssueInstant"] = ("X07", assertion => assertion.Replace($"IssueInstant=\"{Now}\"", "")),
        ["an IssueInstant in 11 s"] = ("X07", assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Timestamp(11)}\"")),
        ["an IssueInstant of 181 s ago"] = ("X07", assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Timestamp(-181)}\"")),
        ["a lifetime of 301 s"] = ("X07", assertion => assertion.Replace(End, SamlAssertionBuilder.Timestamp(301))),
        ["a lifetime of 7,000 years"] = ("X07", assertion => assertion.Replace(End, "9999-12-31T23:59:59Z")),
        ["a time without a time zone"] = ("X07", assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}\"")),
        ["a time in another time zone notation"] = ("X07", assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}+00:00\"")),
        ["a time that is a number"] = ("X07", assertion => assertion.Replace(Conditions, $"<saml:Conditions NotOnOrAfter=\"{TestData.Now + 60}\">")),
        ["no Conditions"] = ("X08", assertion => assertion.Replace($"{Conditions}{Audience}</saml:Conditions>", "")),
        ["no AudienceRestriction"] = ("X08", assertion => assertion.Replace(Audience, "")),
        ["an empty AudienceRestriction"] = ("X08", assertion => assertion.Replace(Audience, "<saml:AudienceRestriction/>")),
        ["another audience"] = ("X08", assertion => assertion.Replace(Audience, OtherAudience)),
        ["an audience with a trailing slash"] = ("X08", assertion => assertion.Replace($">{TestData.Issuer}<", $">{TestData.Issuer}/<")),
        ["an audience with the default port"] = ("X08", assertion => assertion.Replace($">{TestData.Issuer}<", $">{TestData.Issuer}:443<")),
        ["a second restriction to another audience"] = ("X08", assertion => assertion.Replace(Audience, Audience + OtherAudience)),
        ["an audience inside an element"] = ("X08", assertion => assertion.Replace($">{TestData.Issuer}<", $"><x xmlns=\"urn:x\">{TestData.Issuer}</x><")),
        ["no Subject"] = ("X09", assertion => assertion.Replace($"{Conditions}{Audience}</saml:Conditions>", "")
            .Replace("<saml:Subject>", $"{Conditions}{Audience}</saml:Conditions><saml:Advice>").Replace("</saml:Subject>", "</saml:Advice>")),
        ["an empty NameID"] = ("X09", assertion => assertion.Replace(">user-1<", "><")),
        ["a blank NameID"] = ("X09", assertion => assertion.Replace(">user-1<", "> \n<")),
        ["two NameIDs"] = ("X09", assertion => assertion.Replace("</saml:NameID>", "</saml:NameID><saml:NameID>user-2</saml:NameID>")),
        ["an encrypted NameID"] = ("X09", assertion => assertion.Replace("<saml:NameID>user-1</saml:NameID>", "<saml:EncryptedID/>")),
        ["no bearer confirmation"] = ("X10", assertion => assertion.Replace("cm:bearer", "cm:holder-of-key")),
        ["no Recipient"] = ("X10", assertion => assertion.Replace($"Recipient=\"{TestData.TokenEndpoint}\"", "")),
        ["the issuer as Recipient"] = ("X10", assertion => assertion.Replace($"Recipient=\"{TestData.TokenEndpoint}\"", $"Recipient=\"{TestData.Issuer}\"")),
        ["a Recipient in upper case"] = ("X10", assertion => assertion.Replace($"Recipient=\"{TestData.TokenEndpoint}\"", "Recipient=\"HTTPS://AS.EXAMPLE.COM/token\"")),
        ["a Recipient in another namespace"] = ("X10", assertion => assertion.Replace($"Recipient=\"{TestData.TokenEndpoint}\"", $"saml:Recipient=\"{TestData.TokenEndpoint}\"")),
        ["a confirmation without an end"] = ("X10", assertion => assertion.Replace($"NotOnOrAfter=\"{End}\" Recipient", "Recipient")),
        ["a confirmation that ended now"] = ("X10", assertion => assertion.Replace($"NotOnOrAfter=\"{End}\" Recipient", $"NotOnOrAfter=\"{Now}\" Recipient")),
        ["a confirmation that begins in 11 s"] = ("X10", assertion => assertion.Replace("NotOnOrAfter=\"" + End + "\" Recipient", $"NotBefore=\"{SamlAssertionBuilder.Timestamp(11)}\" NotOnOrAfter=\"{End}\" Recipient")),
        ["neither Conditions nor confirmation with an end"] = ("X10", assertion => assertion.Replace(Data, "").Replace(Conditions, "<saml:Conditions>")),
        ["two AuthnStatements"] = ("X11", assertion => assertion.Replace("<saml:AuthnStatement", $"<saml:AuthnStatement AuthnInstant=\"{Now}\"/><saml:AuthnStatement")),
        ["no AuthnInstant"] = ("X11", assertion => assertion.Replace($"AuthnInstant=\"{Now}\"", "")),
        ["an AuthnInstant in 11 s"] = ("X11", assertion => assertion.Replace($"AuthnInstant=\"{Now}\"", $"AuthnInstant=\"{SamlAssertionBuilder.Timestamp(11)}\"")),
        ["an expired session"] = ("X11", assertion => assertion.Replace("AuthnInstant=", $"SessionNotOnOrAfter=\"{Now}\" AuthnInstant=")),
        ["an empty AuthnContext"] = ("X11", assertion => assertion.Replace(Class, "")),
        ["an empty AuthnContextClassRef"] = ("X11", assertion => assertion.Replace(Class, "<saml:AuthnContextClassRef/>")),
    };

    private static readonly Dictionary<string, Action<SamlAssertionBuilder>> Valid = new()
    {
        ["Conditions that begin in 10 s"] = assertion => assertion.Replace(Conditions, ConditionsBetween(10, 120)),
        ["Conditions that end in 1 s"] = assertion => assertion.Replace(Conditions, ConditionsBetween(-60, 1)),
        ["Conditions without an end"] = assertion => assertion.Replace(Conditions, "<saml:Conditions>"),
        ["conditions that do not affect the server"] = assertion => assertion.Replace(Audience, Audience + "<saml:OneTimeUse/><saml:ProxyRestriction/>"),
        ["an IssueInstant in 10 s"] = assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Timestamp(10)}\""),
        ["a lifetime of 300 s"] = assertion => assertion.Replace(End, SamlAssertionBuilder.Timestamp(300)),
        ["times with a fraction"] = assertion => assertion.Replace($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}.1234567Z\""),
        ["the token endpoint as audience"] = assertion => assertion.Replace($">{TestData.Issuer}<", $">{TestData.TokenEndpoint}<"),
        ["the issuer and another audience"] = assertion => assertion.Replace("<saml:Audience>", "<saml:Audience>https://other.example.com</saml:Audience><saml:Audience>"),
        ["a second restriction to the issuer"] = assertion => assertion.Replace(Audience, Audience + Audience),
        ["a confirmation without data and Conditions with an end"] = assertion => assertion.Replace(Data, ""),
        ["a bearer confirmation after another method"] = assertion => assertion.Replace("<saml:SubjectConfirmation ", "<saml:SubjectConfirmation Method=\"urn:x\"/><saml:SubjectConfirmation "),
        ["a valid bearer confirmation after an invalid one"] = assertion => assertion.Replace("<saml:SubjectConfirmation ",
            $"<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">{Data.Replace("/token", "/other", StringComparison.Ordinal)}</saml:SubjectConfirmation><saml:SubjectConfirmation "),
        ["no AuthnStatement"] = assertion => assertion.Replace($"<saml:AuthnStatement AuthnInstant=\"{Now}\"><saml:AuthnContext>\n{Class}\n</saml:AuthnContext></saml:AuthnStatement>", ""),
        ["a NameID with a format"] = assertion => assertion.Replace("<saml:NameID>", "<saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">"),
    };

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    public static TheoryData<string> ValidCases => TestRows.From(Valid.Keys);

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task A_SAML_assertion_with_invalid_content_is_refused(string testCase)
    {
        var assertion = new SamlAssertionBuilder();
        Invalid[testCase].Change(assertion);

        (await SamlServer.PresentAsync(assertion)).ShouldBeRefused(Invalid[testCase].Rule);
    }

    [Theory, MemberData(nameof(ValidCases))]
    public async Task A_SAML_assertion_with_unusual_but_valid_content_is_accepted(string testCase)
    {
        var assertion = new SamlAssertionBuilder();
        Valid[testCase](assertion);

        (await SamlServer.PresentAsync(assertion)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_SAML_issuer_can_be_restricted_to_subjects()
    {
        var server = SamlServer.Start(new()
        {
            Issuer = SamlAssertionBuilder.Issuer, CertificatePem = SamlAssertionBuilder.TrustedIssuer.CertificatePem, AllowedSubjects = ["user-2"],
        });

        (await server.PresentAsync(new SamlAssertionBuilder())).ShouldBeRefused("X09").WithExplanation("user-1");
        (await server.PresentAsync(new SamlAssertionBuilder().Replace(">user-1<", ">user-2<"))).ShouldBeGranted();
    }

    [Fact]
    public async Task An_expired_SAML_assertion_is_accepted_within_the_clock_skew_only()
    {
        var server = SamlServer.Start(options: clock => new() { TimeProvider = clock, ClockSkew = TimeSpan.FromSeconds(5) });
        var (late, later) = (new SamlAssertionBuilder().Encoded(), new SamlAssertionBuilder().Encoded());

        server.Clock.Advance(TimeSpan.FromSeconds(124));
        (await server.PresentSamlAsync(late)).ShouldBeGranted();
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await server.PresentSamlAsync(later)).ShouldBeRefused("X07").WithExplanation("ended 5 s ago");
    }

    private static string ConditionsBetween(double start, double end) =>
        $"<saml:Conditions NotBefore=\"{SamlAssertionBuilder.Timestamp(start)}\" NotOnOrAfter=\"{SamlAssertionBuilder.Timestamp(end)}\">";
}
