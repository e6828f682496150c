using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Replay protection (RFC 7523 section 3): a valid assertion consumes its jti, in whichever role it is presented.</summary>
public sealed class AssertionReplayTests
{
    [Theory]
    [InlineData(AssertionRole.Grant, AssertionRole.Grant), InlineData(AssertionRole.Grant, AssertionRole.ClientAuthentication)]
    [InlineData(AssertionRole.ClientAuthentication, AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication, AssertionRole.ClientAuthentication)]
    public async Task A_replayed_assertion_is_refused_in_either_role(AssertionRole first, AssertionRole second)
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();

        (await server.PresentAsync(assertion, first)).ShouldBeGranted();

        (await server.PresentAsync(assertion, second)).ShouldBeRefused(second, "S16").WithExplanation("is that of request 1 again");
    }

    [Fact]
    public async Task A_replayed_jti_in_another_assertion_is_refused()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().WithClaim("jti", "0123456789abcdef"))).ShouldBeGranted();

        (await server.PresentAsync(new JwtBuilder().WithClaim("jti", "0123456789abcdef").WithClaim("iat", TestData.Now - 1)))
            .ShouldBeRefused(AssertionRole.Grant, "S16");
    }

    [Fact]
    public async Task Two_clients_may_use_the_same_jti()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));
        JwtBuilder Create(string client) => new JwtBuilder().WithClaim("iss", client).WithClaim("sub", client).WithClaim("jti", "0123456789abcdef");

        (await server.PresentAsync(Create(TestData.ClientId))).ShouldBeGranted();
        (await server.PresentAsync(Create(TestData.OtherClientId))).ShouldBeGranted();
    }

    [Fact]
    public async Task Only_one_of_fifty_identical_concurrent_requests_succeeds()
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();
        var start = new TaskCompletionSource();

        var responses = Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            return await server.PresentAsync(assertion, AssertionRole.ClientAuthentication);
        })).ToList();
        start.SetResult();

        Assert.Single(await Task.WhenAll(responses), response => response.Status == System.Net.HttpStatusCode.OK);
        Assert.Equal(1, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("signature"), InlineData("audience"), InlineData("expiry"), InlineData("kid"), InlineData("typ")]
    public async Task A_refused_assertion_does_not_consume_its_jti(string fault)
    {
        var server = TestServer.Start();
        JwtBuilder Create() => new JwtBuilder().WithClaim("jti", "0123456789abcdef");
        var invalid = fault switch
        {
            "signature" => Create().SignedBy(TestData.OtherRsaKey),
            "audience" => Create().WithClaim("aud", "https://other.example.com"),
            "expiry" => Create().WithClaim("exp", TestData.Now),
            "kid" => Create().WithHeader("kid", "unknown"),
            _ => Create().WithHeader("typ", "at+jwt"),
        };

        Assert.NotNull((await server.PresentAsync(invalid)).Refusal);

        (await server.PresentAsync(Create())).ShouldBeGranted();
    }

    [Fact]
    public async Task A_valid_assertion_is_consumed_even_if_the_request_fails_later()
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
    public async Task The_same_JWT_as_grant_and_client_assertion_is_refused()
    {
        var assertion = new JwtBuilder().Compact();

        var response = await TestServer.Start().PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", assertion), .. TestServer.ClientAssertion(assertion)]);

        response.ShouldBeRefused(401, "invalid_client", "S09a");
    }

    [Fact]
    public async Task A_grant_and_a_client_assertion_with_the_same_jti_are_refused()
    {
        JwtBuilder Create(long iat) => new JwtBuilder().WithClaim("jti", "0123456789abcdef").WithClaim("iat", iat);

        var response = await TestServer.Start().PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", Create(TestData.Now).Compact()), .. TestServer.ClientAssertion(Create(TestData.Now - 1).Compact())]);

        response.ShouldBeRefused(400, "invalid_grant", "S16");
    }

    [Theory]
    [InlineData(-1, false), InlineData(0, true)]
    public void The_replay_store_forgets_a_jti_once_its_assertion_can_no_longer_be_accepted(int ticksAfter, bool forgotten)
    {
        var clock = new FakeTimeProvider(TestData.StartTime);
        var store = new ReplayStore(clock, skew: TimeSpan.FromSeconds(5));
        Assert.Null(store.FindOrRecord("a", "first", TestData.StartTime.AddSeconds(60), request: 1));
        clock.Advance(TimeSpan.FromSeconds(65) + TimeSpan.FromTicks(ticksAfter));

        // The store removes expired entries only once in many calls.
        for (var i = 0; i < 2000; i++)
            store.FindOrRecord("a", $"{i}", TestData.StartTime.AddHours(1), request: i);

        Assert.Equal(forgotten ? 2000 : 2001, store.Count);
        Assert.Equal(1999, store.FindOrRecord("a", "1999", TestData.StartTime.AddHours(1), request: 2000));
        Assert.Equal(forgotten ? null : 1, store.FindOrRecord("a", "first", TestData.StartTime.AddHours(1), request: 2000));
    }
}
