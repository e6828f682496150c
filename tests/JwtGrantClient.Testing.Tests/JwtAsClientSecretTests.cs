using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Client authentication for Sign in with Apple: a reusable JWT, signed by the team, is the client secret for up to half a year.</summary>
public sealed class JwtAsClientSecretTests
{
    private const string Team = "TEAM123456";
    private const long HalfAYear = 15_777_000;

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> Invalid = new()
    {
        ["another team"] = ("S10", jwt => jwt.WithClaim("iss", "OTHER12345")),
        ["the client as iss"] = ("S10", jwt => jwt.WithClaim("iss", TestData.ClientId)),
        ["another client as sub"] = ("S11", jwt => jwt.WithClaim("sub", TestData.OtherClientId)),
        ["another audience"] = ("S12", jwt => jwt.WithClaim("aud", TestData.TokenEndpoint)),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp in the past"] = ("S13", jwt => jwt.WithClaim("exp", TestData.Now)),
        ["a lifetime of more than half a year"] = ("S15", jwt => jwt.WithClaim("exp", TestData.Now + HalfAYear + 1)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["no signature"] = ("S06", jwt => jwt.WithHeader("alg", "none").SignedWith(_ => [])),
        ["a typ for another purpose"] = ("S09", jwt => jwt.WithHeader("typ", "at+jwt")),
    };

    private readonly TestServer _server = TestServer.Start(client: new()
    {
        Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), ClientSecretIssuer = Team,
    });

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Fact]
    public async Task A_JWT_secret_that_is_valid_for_half_a_year_can_be_reused()
    {
        var secret = CreateSecret().Compact();

        (await PresentAsync(secret)).ShouldBeGranted();
        (await PresentAsync(secret)).ShouldBeGranted();
    }

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task An_invalid_JWT_secret_is_refused(string testCase)
    {
        var secret = CreateSecret();
        Invalid[testCase].Change(secret);

        (await PresentAsync(secret.Compact())).ShouldBeRefused(401, "invalid_client", Invalid[testCase].Rule);
    }

    [Theory]
    [InlineData(null), InlineData("unknown"), InlineData(TestData.OtherClientId)]
    public async Task A_JWT_secret_with_a_missing_or_wrong_client_id_is_refused(string? clientId)
    {
        _server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        (await PresentAsync(CreateSecret().Compact(), clientId)).ShouldBeRefused(401, "invalid_client", "S17");
    }

    [Fact]
    public async Task A_secret_that_is_not_a_JWT_is_refused() => (await PresentAsync("secret")).ShouldBeRefused(401, "invalid_client", "S03");

    [Fact]
    public async Task A_client_that_is_registered_for_a_JWT_secret_cannot_use_a_client_assertion() =>
        (await _server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(401, "invalid_client", "S17");

    private static JwtBuilder CreateSecret() => new JwtBuilder().WithClaim("iss", Team).WithClaim("exp", TestData.Now + HalfAYear).Without("jti");

    private Task<TestResponse> PresentAsync(string secret, string? clientId = TestData.ClientId) =>
        _server.PostAsync(("grant_type", "client_credentials"), ("client_id", clientId ?? ""), ("client_secret", secret));
}
