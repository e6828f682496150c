using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S16 and S09a: a jti serves once, whoever presents it and as what; and only a good assertion uses it up.</summary>
public sealed class AssertionReplayTests
{
    [Theory]
    [InlineData(AssertionRole.Grant, AssertionRole.Grant), InlineData(AssertionRole.Grant, AssertionRole.ClientAuthentication)]
    [InlineData(AssertionRole.ClientAuthentication, AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication, AssertionRole.ClientAuthentication)]
    public async Task The_second_sight_is_refused_whatever_the_use(AssertionRole first, AssertionRole second)
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();

        (await server.PresentAsync(assertion, first)).ShouldBeGranted();

        (await server.PresentAsync(assertion, second)).ShouldBeRefused(second, "S16").Saying("seen before");
    }

    [Fact]
    public async Task The_same_jti_in_another_assertion_is_a_second_sight()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().Claim("jti", "0123456789abcdef"))).ShouldBeGranted();

        (await server.PresentAsync(new JwtBuilder().Claim("jti", "0123456789abcdef").Claim("iat", TestData.Now - 1)))
            .ShouldBeRefused(AssertionRole.Grant, "S16");
    }

    [Fact]
    public async Task Two_clients_may_have_the_same_jti()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));
        JwtBuilder Of(string client) => new JwtBuilder().Claim("iss", client).Claim("sub", client).Claim("jti", "0123456789abcdef");

        (await server.PresentAsync(Of(TestData.ClientId))).ShouldBeGranted();
        (await server.PresentAsync(Of(TestData.OtherClientId))).ShouldBeGranted();
    }

    [Fact]
    public async Task Of_fifty_equal_requests_at_once_one_passes()
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();
        var start = new TaskCompletionSource();

        var answers = Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            return await server.PresentAsync(assertion, AssertionRole.ClientAuthentication);
        })).ToList();
        start.SetResult();

        Assert.Single(await Task.WhenAll(answers), answer => answer.Status == System.Net.HttpStatusCode.OK);
        Assert.Equal(1, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("signature"), InlineData("audience"), InlineData("expiry"), InlineData("kid"), InlineData("typ")]
    public async Task A_bad_assertion_does_not_use_up_its_jti(string fault)
    {
        var server = TestServer.Start();
        JwtBuilder Fresh() => new JwtBuilder().Claim("jti", "0123456789abcdef");
        var bad = fault switch
        {
            "signature" => Fresh().SignedBy(TestData.OtherRsaKey),
            "audience" => Fresh().Claim("aud", "https://other.example.com"),
            "expiry" => Fresh().Claim("exp", TestData.Now),
            "kid" => Fresh().Head("kid", "unknown"),
            _ => Fresh().Head("typ", "at+jwt"),
        };

        Assert.NotNull((await server.PresentAsync(bad)).Refusal);

        (await server.PresentAsync(Fresh())).ShouldBeGranted();
    }

    [Fact]
    public async Task A_good_assertion_is_used_up_also_where_the_request_fails_later()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), AllowedScopes = ["read"],
        });
        var assertion = new JwtBuilder().Compact();

        (await server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", assertion), ("scope", "write")))
            .ShouldBeRefused(400, "invalid_scope", "S17");

        (await server.PresentAsync(assertion, AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S16");
    }

    [Fact]
    public async Task One_JWT_cannot_be_grant_and_client_assertion_of_a_request()
    {
        var assertion = new JwtBuilder().Compact();

        var answer = await TestServer.Start().PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", assertion), .. TestServer.ClientAssertion(assertion)]);

        answer.ShouldBeRefused(401, "invalid_client", "S09a");
    }

    [Fact]
    public async Task Two_JWTs_of_one_jti_cannot_either()
    {
        JwtBuilder Of(long iat) => new JwtBuilder().Claim("jti", "0123456789abcdef").Claim("iat", iat);

        var answer = await TestServer.Start().PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", Of(TestData.Now).Compact()), .. TestServer.ClientAssertion(Of(TestData.Now - 1).Compact())]);

        answer.ShouldBeRefused(400, "invalid_grant", "S16");
    }

    [Theory]
    [InlineData(-1, false), InlineData(0, true)]
    public void An_id_is_kept_until_its_assertion_could_no_longer_pass_and_is_then_forgotten(int ticksAfter, bool forgotten)
    {
        var clock = new FakeTimeProvider(TestData.Moment);
        var store = new ReplayStore(clock, skew: TimeSpan.FromSeconds(5));
        Assert.True(store.TryRecord("a", "first", TestData.Moment.AddSeconds(60)));
        clock.Advance(TimeSpan.FromSeconds(65) + TimeSpan.FromTicks(ticksAfter));

        // A sweep comes with one recording of many.
        for (var i = 0; i < 2000; i++)
            store.TryRecord("a", $"{i}", TestData.Moment.AddHours(1));

        Assert.Equal(forgotten ? 2000 : 2001, store.Count);
        Assert.False(store.TryRecord("a", "1999", TestData.Moment.AddHours(1)));
        Assert.Equal(forgotten, store.TryRecord("a", "first", TestData.Moment.AddHours(1)));
    }
}
