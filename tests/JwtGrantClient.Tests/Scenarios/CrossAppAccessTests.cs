using System.Security.Cryptography;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// An ID-JAG from one strict server to another (draft-ietf-oauth-identity-assertion-authz-grant): the identity provider exchanges what the application knows of
/// its user, and the partner issues the access token.
/// </summary>
public sealed class CrossAppAccessTests
{
    private const int Users = 10_000, Batch = 1_000, Calls = 1_000;

    [Fact]
    public async Task The_ID_token_of_a_user_becomes_an_access_token_of_the_partner()
    {
        await using var domains = new TwoDomains();

        var token = await domains.GetAsync(domains.For("alice", "files.read", TwoDomains.Files));

        var check = domains.Partner.CheckAccessToken($"Bearer {token.Value}", "files.read");
        Assert.Equal((true, TwoDomains.IdAtPartner, "alice"), (check.IsValid, check.ClientId, check.Subject));
        Assert.Equal(TwoDomains.Files, Jwt.Parse(token.Value)["aud"]);
        Assert.Equal((1, 1), domains.Requests);
        // Another client with another key at each server.
        Assert.Equal(
            (TwoDomains.IdAtIdp, TwoDomains.IdAtPartner, "RS256", "ES256"),
            (ClientOf(domains.LastAtIdp), ClientOf(domains.LastAtPartner), AlgorithmOf(domains.LastAtIdp), AlgorithmOf(domains.LastAtPartner)));
    }

    [Fact]
    public async Task A_refresh_token_of_the_identity_provider_becomes_an_access_token_of_the_partner()
    {
        await using var domains = new TwoDomains();

        var token = await domains.GetAsync(new() { Subject = "alice", SubjectToken = new(domains.Idp.IssueRefreshToken(TwoDomains.IdAtIdp, subject: "alice"), TokenTypes.RefreshToken) });

        Assert.Equal("alice", domains.Partner.CheckAccessToken($"Bearer {token.Value}").Subject);
    }

    [Fact]
    public async Task Both_steps_are_cached_by_user_and_scope()
    {
        await using var domains = new TwoDomains();
        TokenRequest[] requests = [domains.For("alice", "files.read"), domains.For("bob", "files.read"), domains.For("alice", "files.write")];

        foreach (var request in requests.Concat(requests))
            await domains.GetAsync(request);

        Assert.Equal((3, 3), domains.Requests);
    }

    [Fact]
    public async Task An_ID_JAG_is_presented_again_while_it_is_valid()
    {
        await using var domains = new TwoDomains();
        var alice = domains.For("alice", "files.read");
        var first = await domains.GetAsync(alice);

        await domains.InvalidateAsync(alice, first);
        var second = await domains.GetAsync(alice);

        Assert.NotEqual(first.Value, second.Value);
        Assert.Equal((1, 2), domains.Requests);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task With_DPoP_the_ID_JAG_and_the_access_token_are_bound_to_one_key(bool requireNonce)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem();
        void Bind(JwtGrantOptions options) => (options.DPoP.Enabled, options.DPoP.SigningKey.Text) = (true, key);
        await using var domains = new TwoDomains(requireNonce: requireNonce).Configure("idp", Bind).Configure("partner", Bind);

        var token = await domains.GetAsync(domains.For("alice", "files.read"));

        Assert.Equal("DPoP", token.Type);
        var bound = Jwt.Parse(domains.LastAtPartner["assertion"]!).Payload.GetProperty("cnf").GetProperty("jkt").GetString();
        Assert.Equal(bound, Jwt.Parse(token.Value).Payload.GetProperty("cnf").GetProperty("jkt").GetString());
        Assert.Equal(requireNonce ? (2, 2) : (1, 1), domains.Requests);
        Assert.False(domains.Partner.CheckAccessToken($"Bearer {token.Value}").IsValid);
    }

    [Theory]
    [InlineData("idp", "partner"), InlineData("idp", null)]
    public async Task An_ID_JAG_for_another_DPoP_key_is_not_sent(string first, string? second)
    {
        await using var domains = new TwoDomains();
        foreach (var client in new[] { first, second }.OfType<string>())
            domains.Configure(client, options => options.DPoP.Enabled = true);

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal(("id_jag_key_not_ours", "partner", (1, 0)), (error.Code, error.Client, domains.Requests));
    }

    [Fact]
    public async Task An_ID_JAG_for_another_client_is_not_sent()
    {
        await using var domains = new TwoDomains(idAtPartner: "somebody");

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal(("id_jag_for_another_client", "partner", (1, 0)), (error.Code, error.Client, domains.Requests));
    }

    [Fact]
    public async Task An_ID_JAG_for_another_server_is_not_sent()
    {
        await using var domains = new TwoDomains().Configure("idp", options => options.TokenExchange.Audience = ["https://other.example.com"]);

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal(("id_jag_for_another_server", "partner", (1, 0)), (error.Code, error.Client, domains.Requests));
    }

    [Fact]
    public async Task Another_token_type_than_an_ID_JAG_is_not_sent()
    {
        await using var domains = new TwoDomains();
        domains.Idp.Enqueue(ScriptedResponse.Rewrite(body => body.Replace("token-type:id-jag", "token-type:jwt", StringComparison.Ordinal)));

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal(("other_token_type_issued", "idp", (1, 0)), (error.Code, error.Client, domains.Requests));
        Assert.EndsWith("Client 'partner' needs its token (Assertion:From).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_HTML_page_of_the_identity_provider_is_an_error_of_the_first_step()
    {
        await using var domains = new TwoDomains();
        domains.Idp.Enqueue(ScriptedResponse.Create(200, "<html>Sign in</html>", "text/html"));

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_response_malformed", "idp", (1, 0)), (error.Kind, error.Code, error.Client, domains.Requests));
    }

    [Theory]
    [InlineData("invalid_client"), InlineData("access_denied")]
    public async Task A_refusal_of_the_identity_provider_names_the_step_and_keeps_its_code(string code)
    {
        await using var domains = new TwoDomains();
        domains.Idp.Enqueue(ScriptedResponse.OAuthError(code));

        var error = await domains.FailAsync(domains.For("alice"));

        Assert.Equal(("token_request_refused", code, "idp", (1, 0)), (error.Code, error.Error, error.Client, domains.Requests));
        Assert.EndsWith("Client 'partner' needs its token (Assertion:From).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_ID_token_is_not_sent_to_any_server()
    {
        var time = new FakeTimeProvider(TestData.Moment);
        await using var domains = new TwoDomains(time);
        var request = domains.For("alice");
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(("input_token_expired", (0, 0)), ((await domains.FailAsync(request)).Code, domains.Requests));
    }

    [Fact]
    public async Task An_ID_JAG_that_the_partner_no_longer_accepts_is_replaced_once()
    {
        await using var domains = new TwoDomains();
        await domains.GetAsync(domains.For("alice", "files.read"));
        domains.Partner.TrustIssuer(new() { Issuer = domains.Idp.Issuer, PublicKeyPem = TestData.RsaPublicPem, RequireIdJag = true });
        var error = await domains.FailAsync(domains.For("alice", "files.write"));
        var requests = domains.Requests;

        Assert.Equal(("token_request_refused", "invalid_grant", "partner"), (error.Code, error.Error, error.Client));
        // The ID-JAG was acquired for this request, so another one would be refused, too.
        Assert.Equal((2, 2), requests);
    }

    [Fact]
    public async Task Ten_thousand_users_take_one_request_for_each_step_and_user()
    {
        await using var domains = WithSecrets(new TwoDomains());
        var users = Enumerable.Range(0, Users).Select(i => domains.For($"user-{i}")).ToList();

        foreach (var _ in Enumerable.Range(0, 2))
            foreach (var batch in users.Chunk(Batch))
                await Task.WhenAll(batch.Select(domains.GetAsync));

        Assert.Equal((Users, Users), domains.Requests);
        Assert.Equal(Users, domains.Partner.TokensIssued);
    }

    [Fact]
    public async Task A_thousand_calls_at_once_for_one_user_take_one_request_for_each_step()
    {
        await using var domains = WithSecrets(new TwoDomains());
        var alice = domains.For("alice");

        var tokens = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => Task.Run(() => domains.GetAsync(alice), TestContext.Current.CancellationToken)));

        Assert.Single(tokens.Distinct());
        Assert.Equal((1, 1), domains.Requests);
    }

    // Without the signatures of the clients, which would take most of the time.
    private static TwoDomains WithSecrets(TwoDomains domains) => domains
        .Configure("idp", options => UseSecret(options, "secret at idp"))
        .Configure("partner", options => UseSecret(options, "secret at partner"));

    private static void UseSecret(JwtGrantOptions options, string secret) =>
        (options.ClientAuthentication, options.ClientSecret, options.SigningKey.Text, options.Cache.MaxEntries) =
            (ClientAuthenticationMethod.ClientSecretPost, secret, null, Users);

    private static string? ClientOf(RecordedRequest request) => Jwt.Parse(request["client_assertion"]!)["iss"];

    private static string? AlgorithmOf(RecordedRequest request) => Jwt.Parse(request["client_assertion"]!).Header.GetProperty("alg").GetString();
}
