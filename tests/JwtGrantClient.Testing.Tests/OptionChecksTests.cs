using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A mistake in the options, in a registration or in an argument is an error at once, and not an error of each request.</summary>
public sealed class OptionChecksTests
{
    private static readonly Dictionary<string, (string Message, StrictAuthorizationServerOptions Options)> InvalidOptions = new()
    {
        ["an issuer without a scheme"] = ("Issuer is 'as.example.com'; expected an http or https URL", new() { Issuer = "as.example.com" }),
        ["an issuer with another scheme"] = ("Issuer is 'ftp://as.example.com'; expected", new() { Issuer = "ftp://as.example.com" }),
        ["an issuer with a query"] = ("Issuer is 'https://as.example.com?a'; expected", new() { Issuer = "https://as.example.com?a" }),
        ["an issuer with a fragment"] = ("Issuer is 'https://as.example.com#a'; expected", new() { Issuer = "https://as.example.com#a" }),
        ["an empty issuer"] = ("Issuer is ''; expected", new() { Issuer = "" }),
        ["an issuer with a space"] = ("' ' is no character of a URL", new() { Issuer = "https://as.example.com/a b" }),
        ["an issuer with a space at its end"] = ("' ' is no character of a URL", new() { Issuer = "https://as.example.com " }),
        ["an issuer that is not ASCII"] = ("'ä' is no character of a URL", new() { Issuer = "https://äs.example.com" }),
        ["an issuer with a user name"] = ("Issuer has a user name", new() { Issuer = "https://user:password@as.example.com" }),
        ["an issuer with dots"] = ("requests to it would have the path '/b'", new() { Issuer = "https://as.example.com/a/../b" }),
        ["an issuer with a needless escape"] = ("requests to it would have the path '/a'", new() { Issuer = "https://as.example.com/%61" }),
        ["a negative port"] = ("Port is -1; expected 0 to 65535.", new() { Port = -1 }),
        ["a port that is too large"] = ("Port is 65536; expected 0 to 65535.", new() { Port = 65_536 }),
        ["no token lifetime"] = ("TokenLifetime is 00:00:00; expected more than zero", new() { TokenLifetime = TimeSpan.Zero }),
        ["a negative token lifetime"] = ("TokenLifetime is -00:00:01; expected more than zero", new() { TokenLifetime = TimeSpan.FromSeconds(-1) }),
        ["an endless token lifetime"] = ("and at most 3650 days.", new() { TokenLifetime = TimeSpan.MaxValue }),
        ["no assertion lifetime"] = ("MaxAssertionLifetime is 00:00:00; expected more than zero", new() { MaxAssertionLifetime = TimeSpan.Zero }),
        ["an endless assertion lifetime"] = ("MaxAssertionLifetime is 10675199.", new() { MaxAssertionLifetime = TimeSpan.MaxValue }),
        ["a negative skew"] = ("ClockSkew is -00:00:01; expected zero or more", new() { ClockSkew = TimeSpan.FromSeconds(-1) }),
        ["an endless skew"] = ("ClockSkew is 10675199.", new() { ClockSkew = TimeSpan.MaxValue }),
        ["a negative tolerance"] = ("FutureTolerance is -00:00:01; expected zero or more", new() { FutureTolerance = TimeSpan.FromSeconds(-1) }),
        ["an endless tolerance"] = ("FutureTolerance is 10675199.", new() { FutureTolerance = TimeSpan.MaxValue }),
        ["two scope values in one string"] = ("SupportedScopes has 'read write'; expected", new() { SupportedScopes = ["read write"] }),
        ["an empty target"] = ("A target of SupportedTargets is empty.", new() { SupportedTargets = [""] }),
    };

    private static readonly Dictionary<string, (string Message, ClientRegistration Client)> InvalidClients = new()
    {
        ["an empty id"] = ("Id is empty.", new() { Id = "", ClientSecret = "s" }),
        ["an id that is not ASCII"] = ("Id is 'ä'; expected printable ASCII", new() { Id = "ä", ClientSecret = "s" }),
        ["an empty secret"] = ("The ClientSecret of 'a' is empty.", new() { Id = "a", ClientSecret = "" }),
        ["an unknown grant type"] = ("'a' has the grant type 'password'; this server supports ", new() { Id = "a", ClientSecret = "s", AllowedGrantTypes = [TestData.JwtBearer, "password"] }),
        ["a short grant type"] = ("'a' has the grant type 'jwt-bearer'; this server supports ", new() { Id = "a", ClientSecret = "s", AllowedGrantTypes = ["jwt-bearer"] }),
        ["two scope values in one string"] = ("AllowedScopes of 'a' has 'read write'; expected", new() { Id = "a", ClientSecret = "s", AllowedScopes = ["read write"] }),
    };

    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory();

    public static TheoryData<string> OptionCases => TestRows.From(InvalidOptions.Keys);

    public static TheoryData<string> ClientCases => TestRows.From(InvalidClients.Keys);

    [Theory, MemberData(nameof(OptionCases))]
    public async Task An_option_that_fails_each_request_throws_ArgumentException(string testCase)
    {
        var (message, options) = InvalidOptions[testCase];

        var error = Assert.Throws<ArgumentException>(() => StrictAuthorizationServer.CreateInMemory(options));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => StrictAuthorizationServer.StartAsync(options, TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(ClientCases))]
    public void A_registration_that_no_request_can_match_throws_ArgumentException(string testCase)
    {
        var error = Assert.Throws<ArgumentException>(() => _server.RegisterClient(InvalidClients[testCase].Client));

        Assert.Contains(InvalidClients[testCase].Message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trusted_issuer_without_a_name_throws_ArgumentException()
    {
        Assert.Throws<ArgumentException>(() => _server.TrustIssuer(new() { Issuer = "", PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() }));
        Assert.Throws<ArgumentException>(() =>
            _server.TrustSamlIssuer(new() { Issuer = "", CertificatePem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem() }));
    }

    [Fact]
    public void A_code_or_a_refresh_token_that_no_request_can_match_throws_ArgumentException()
    {
        Assert.Throws<ArgumentException>(() => _server.IssueAuthorizationCode("", "https://a.example.com"));
        Assert.Throws<ArgumentException>(() => _server.IssueAuthorizationCode("a", ""));
        Assert.Throws<ArgumentException>(() => _server.IssueAuthorizationCode("a", "https://a.example.com", codeChallenge: "plain-text"));
        Assert.Throws<ArgumentException>(() => _server.IssueAuthorizationCode("a", "https://a.example.com", scope: "read  write"));
        Assert.Throws<ArgumentException>(() => _server.IssueAuthorizationCode("a", "https://a.example.com", dpopThumbprint: "x"));
        Assert.Throws<ArgumentException>(() => _server.IssueRefreshToken(""));
        Assert.Throws<ArgumentException>(() => _server.IssueRefreshToken("a", "read "));
    }

    [Fact]
    public async Task The_longest_times_are_accepted()
    {
        var longest = TimeSpan.FromDays(3650);
        var server = TestServer.Start(clock => new()
        {
            TimeProvider = clock, TokenLifetime = longest, MaxAssertionLifetime = longest, ClockSkew = longest, FutureTolerance = longest,
        });

        (await server.PresentAsync(new JwtBuilder())).ShouldBeGranted();
    }
}
