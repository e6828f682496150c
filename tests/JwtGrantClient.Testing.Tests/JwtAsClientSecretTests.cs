using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The dialect of Sign in with Apple: a JWT of the team's, in place of a client secret, reusable for half a year.</summary>
public sealed class JwtAsClientSecretTests
{
    private const string Team = "TEAM123456";
    private const long HalfAYear = 15_777_000;

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> Bad = new()
    {
        ["another team"] = ("S10", jwt => jwt.Claim("iss", "OTHER12345")),
        ["the client as iss"] = ("S10", jwt => jwt.Claim("iss", TestData.ClientId)),
        ["another client as sub"] = ("S11", jwt => jwt.Claim("sub", TestData.OtherClientId)),
        ["another audience"] = ("S12", jwt => jwt.Claim("aud", TestData.TokenEndpoint)),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp that is over"] = ("S13", jwt => jwt.Claim("exp", TestData.Now)),
        ["a life over half a year"] = ("S15", jwt => jwt.Claim("exp", TestData.Now + HalfAYear + 1)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["no signature"] = ("S06", jwt => jwt.Head("alg", "none").Signed(_ => [])),
        ["a type for something else"] = ("S09", jwt => jwt.Head("typ", "at+jwt")),
    };

    private readonly TestServer _server = TestServer.Start(client: new()
    {
        Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), ClientSecretIssuer = Team,
    });

    public static TheoryData<string> BadNames => TestRows.Of(Bad.Keys);

    [Fact]
    public async Task A_secret_is_good_again_and_again_for_half_a_year()
    {
        var secret = Secret().Compact();

        (await PresentAsync(secret)).ShouldBeGranted();
        (await PresentAsync(secret)).ShouldBeGranted();
    }

    [Theory, MemberData(nameof(BadNames))]
    public async Task A_bad_secret_is_refused(string row)
    {
        var secret = Secret();
        Bad[row].Bend(secret);

        (await PresentAsync(secret.Compact())).ShouldBeRefused(401, "invalid_client", Bad[row].Rule);
    }

    [Theory]
    [InlineData(null), InlineData("nobody"), InlineData(TestData.OtherClientId)]
    public async Task The_client_names_itself_and_is_registered_for_it(string? clientId)
    {
        _server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        (await PresentAsync(Secret().Compact(), clientId)).ShouldBeRefused(401, "invalid_client", "S17");
    }

    [Fact]
    public async Task A_word_is_no_secret() => (await PresentAsync("secret")).ShouldBeRefused(401, "invalid_client", "S03");

    [Fact]
    public async Task A_client_that_is_registered_for_a_secret_authenticates_by_nothing_else() =>
        (await _server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(401, "invalid_client", "S17");

    private static JwtBuilder Secret() => new JwtBuilder().Claim("iss", Team).Claim("exp", TestData.Now + HalfAYear).Without("jti");

    private Task<TestResponse> PresentAsync(string secret, string? clientId = TestData.ClientId) =>
        _server.PostAsync(("grant_type", "client_credentials"), ("client_id", clientId ?? ""), ("client_secret", secret));
}
