using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>X07 to X11: when, to whom, of whom, borne how, and known by what.</summary>
public sealed class SamlClaimTests
{
    private static readonly string End = SamlAssertionBuilder.Time(120);
    private static readonly string Now = SamlAssertionBuilder.Time(0);
    private static readonly string Data = $"<saml:SubjectConfirmationData NotOnOrAfter=\"{End}\" Recipient=\"{TestData.TokenEndpoint}\"/>";
    private const string Audience = $"<saml:AudienceRestriction><saml:Audience>{TestData.Issuer}</saml:Audience></saml:AudienceRestriction>";
    private static readonly string Conditions = $"<saml:Conditions NotOnOrAfter=\"{End}\">";
    private const string OtherAudience = "<saml:AudienceRestriction><saml:Audience>https://other.example.com</saml:Audience></saml:AudienceRestriction>";
    private const string Class = "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>";

    private static readonly Dictionary<string, (string Rule, Action<SamlAssertionBuilder> Bend)> Bad = new()
    {
        ["Conditions that ended now"] = ("X07", saml => saml.With(Conditions, Starting(-60, 0))),
        ["Conditions that begin in 11 s"] = ("X07", saml => saml.With(Conditions, Starting(11, 120))),
        ["Conditions that end before they begin"] = ("X07", saml => saml.With(Conditions, Starting(5, 4))),
        ["a condition that nobody knows"] = ("X07", saml => saml.With(Audience, Audience + "<saml:Condition/>")),
        ["no IssueInstant"] = ("X07", saml => saml.With($"IssueInstant=\"{Now}\"", "")),
        ["an IssueInstant in 11 s"] = ("X07", saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Time(11)}\"")),
        ["an IssueInstant of 181 s ago"] = ("X07", saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Time(-181)}\"")),
        ["a life of 301 s"] = ("X07", saml => saml.With(End, SamlAssertionBuilder.Time(301))),
        ["a life of 7,000 years"] = ("X07", saml => saml.With(End, "9999-12-31T23:59:59Z")),
        ["a time without a zone"] = ("X07", saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}\"")),
        ["a time of another zone"] = ("X07", saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}+00:00\"")),
        ["a time that is a number"] = ("X07", saml => saml.With(Conditions, $"<saml:Conditions NotOnOrAfter=\"{TestData.Now + 60}\">")),
        ["no Conditions"] = ("X08", saml => saml.With($"{Conditions}{Audience}</saml:Conditions>", "")),
        ["no AudienceRestriction"] = ("X08", saml => saml.With(Audience, "")),
        ["an empty AudienceRestriction"] = ("X08", saml => saml.With(Audience, "<saml:AudienceRestriction/>")),
        ["another audience"] = ("X08", saml => saml.With(Audience, OtherAudience)),
        ["an audience with a slash more"] = ("X08", saml => saml.With($">{TestData.Issuer}<", $">{TestData.Issuer}/<")),
        ["an audience with the default port"] = ("X08", saml => saml.With($">{TestData.Issuer}<", $">{TestData.Issuer}:443<")),
        ["a second restriction to another audience"] = ("X08", saml => saml.With(Audience, Audience + OtherAudience)),
        ["an audience in elements"] = ("X08", saml => saml.With($">{TestData.Issuer}<", $"><x xmlns=\"urn:x\">{TestData.Issuer}</x><")),
        ["no Subject"] = ("X09", saml => saml.With($"{Conditions}{Audience}</saml:Conditions>", "")
            .With("<saml:Subject>", $"{Conditions}{Audience}</saml:Conditions><saml:Advice>").With("</saml:Subject>", "</saml:Advice>")),
        ["an empty NameID"] = ("X09", saml => saml.With(">user-1<", "><")),
        ["a blank NameID"] = ("X09", saml => saml.With(">user-1<", "> \n<")),
        ["two NameIDs"] = ("X09", saml => saml.With("</saml:NameID>", "</saml:NameID><saml:NameID>user-2</saml:NameID>")),
        ["an encrypted name"] = ("X09", saml => saml.With("<saml:NameID>user-1</saml:NameID>", "<saml:EncryptedID/>")),
        ["no bearer confirmation"] = ("X10", saml => saml.With("cm:bearer", "cm:holder-of-key")),
        ["no Recipient"] = ("X10", saml => saml.With($"Recipient=\"{TestData.TokenEndpoint}\"", "")),
        ["the issuer as Recipient"] = ("X10", saml => saml.With($"Recipient=\"{TestData.TokenEndpoint}\"", $"Recipient=\"{TestData.Issuer}\"")),
        ["a Recipient in upper case"] = ("X10", saml => saml.With($"Recipient=\"{TestData.TokenEndpoint}\"", "Recipient=\"HTTPS://AS.EXAMPLE.COM/token\"")),
        ["a Recipient of another namespace"] = ("X10", saml => saml.With($"Recipient=\"{TestData.TokenEndpoint}\"", $"saml:Recipient=\"{TestData.TokenEndpoint}\"")),
        ["no end of the confirmation"] = ("X10", saml => saml.With($"NotOnOrAfter=\"{End}\" Recipient", "Recipient")),
        ["a confirmation that ended now"] = ("X10", saml => saml.With($"NotOnOrAfter=\"{End}\" Recipient", $"NotOnOrAfter=\"{Now}\" Recipient")),
        ["a confirmation that begins in 11 s"] = ("X10", saml => saml.With("NotOnOrAfter=\"" + End + "\" Recipient", $"NotBefore=\"{SamlAssertionBuilder.Time(11)}\" NotOnOrAfter=\"{End}\" Recipient")),
        ["no end at all"] = ("X10", saml => saml.With(Data, "").With(Conditions, "<saml:Conditions>")),
        ["two AuthnStatements"] = ("X11", saml => saml.With("<saml:AuthnStatement", $"<saml:AuthnStatement AuthnInstant=\"{Now}\"/><saml:AuthnStatement")),
        ["no AuthnInstant"] = ("X11", saml => saml.With($"AuthnInstant=\"{Now}\"", "")),
        ["an AuthnInstant in 11 s"] = ("X11", saml => saml.With($"AuthnInstant=\"{Now}\"", $"AuthnInstant=\"{SamlAssertionBuilder.Time(11)}\"")),
        ["a session that has ended"] = ("X11", saml => saml.With("AuthnInstant=", $"SessionNotOnOrAfter=\"{Now}\" AuthnInstant=")),
        ["an AuthnContext that says nothing"] = ("X11", saml => saml.With(Class, "")),
        ["an empty AuthnContextClassRef"] = ("X11", saml => saml.With(Class, "<saml:AuthnContextClassRef/>")),
    };

    private static readonly Dictionary<string, Action<SamlAssertionBuilder>> Good = new()
    {
        ["Conditions that begin in 10 s"] = saml => saml.With(Conditions, Starting(10, 120)),
        ["Conditions that end in 1 s"] = saml => saml.With(Conditions, Starting(-60, 1)),
        ["Conditions without an end"] = saml => saml.With(Conditions, "<saml:Conditions>"),
        ["conditions that bind nobody here"] = saml => saml.With(Audience, Audience + "<saml:OneTimeUse/><saml:ProxyRestriction/>"),
        ["an IssueInstant in 10 s"] = saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{SamlAssertionBuilder.Time(10)}\""),
        ["a life of 300 s"] = saml => saml.With(End, SamlAssertionBuilder.Time(300)),
        ["times with a fraction"] = saml => saml.With($"IssueInstant=\"{Now}\"", $"IssueInstant=\"{Now[..^1]}.1234567Z\""),
        ["the token endpoint as audience"] = saml => saml.With($">{TestData.Issuer}<", $">{TestData.TokenEndpoint}<"),
        ["an audience among others"] = saml => saml.With("<saml:Audience>", "<saml:Audience>https://other.example.com</saml:Audience><saml:Audience>"),
        ["a second restriction to this server"] = saml => saml.With(Audience, Audience + Audience),
        ["a confirmation without data, where the Conditions end"] = saml => saml.With(Data, ""),
        ["a bearer confirmation after one of another method"] = saml => saml.With("<saml:SubjectConfirmation ", "<saml:SubjectConfirmation Method=\"urn:x\"/><saml:SubjectConfirmation "),
        ["a good bearer confirmation after a bad one"] = saml => saml.With("<saml:SubjectConfirmation ",
            $"<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">{Data.Replace("/token", "/other", StringComparison.Ordinal)}</saml:SubjectConfirmation><saml:SubjectConfirmation "),
        ["no AuthnStatement"] = saml => saml.With($"<saml:AuthnStatement AuthnInstant=\"{Now}\"><saml:AuthnContext>\n{Class}\n</saml:AuthnContext></saml:AuthnStatement>", ""),
        ["a NameID with a format"] = saml => saml.With("<saml:NameID>", "<saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">"),
    };

    public static TheoryData<string> BadRows => TestRows.Of(Bad.Keys);

    public static TheoryData<string> GoodRows => TestRows.Of(Good.Keys);

    [Theory, MemberData(nameof(BadRows))]
    public async Task What_the_assertion_must_not_say_is_refused(string row)
    {
        var saml = new SamlAssertionBuilder();
        Bad[row].Bend(saml);

        (await SamlServer.PresentAsync(saml)).ShouldBeRefused(Bad[row].Rule);
    }

    [Theory, MemberData(nameof(GoodRows))]
    public async Task What_the_assertion_may_say_is_accepted(string row)
    {
        var saml = new SamlAssertionBuilder();
        Good[row](saml);

        (await SamlServer.PresentAsync(saml)).ShouldBeGranted();
    }

    [Fact]
    public async Task An_issuer_may_be_held_to_some_subjects()
    {
        var server = SamlServer.Start(new()
        {
            Issuer = SamlAssertionBuilder.Issuer, CertificatePem = SamlAssertionBuilder.Trusted.CertificatePem, AllowedSubjects = ["user-2"],
        });

        (await server.PresentAsync(new SamlAssertionBuilder())).ShouldBeRefused("X09").Saying("user-1");
        (await server.PresentAsync(new SamlAssertionBuilder().With(">user-1<", ">user-2<"))).ShouldBeGranted();
    }

    [Fact]
    public async Task The_servers_clock_skew_lets_an_assertion_end_later()
    {
        var server = SamlServer.Start(options: clock => new() { TimeProvider = clock, ClockSkew = TimeSpan.FromSeconds(5) });
        var (late, later) = (new SamlAssertionBuilder().Encoded(), new SamlAssertionBuilder().Encoded());

        server.Clock.Advance(TimeSpan.FromSeconds(124));
        (await server.PresentSamlAsync(late)).ShouldBeGranted();
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await server.PresentSamlAsync(later)).ShouldBeRefused("X07").Saying("ended 5 s ago");
    }

    private static string Starting(double start, double end) =>
        $"<saml:Conditions NotBefore=\"{SamlAssertionBuilder.Time(start)}\" NotOnOrAfter=\"{SamlAssertionBuilder.Time(end)}\">";
}
