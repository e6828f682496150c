using System.Text;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Tests.TestSupport;
using JwtGrantClient.Testing.Tokens;
using JwtGrantClient.Testing.Validation;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The memory of a server that runs for a long time is bounded: requests, tokens and codes are dropped.</summary>
public sealed class ServerMemoryTests
{
    private readonly FakeTimeProvider _clock = new(TestData.StartTime);

    [Fact]
    public async Task Of_requests_with_long_bodies_the_newest_32_MiB_are_recorded()
    {
        var server = TestServer.Start();
        for (var i = 0; i < 40; i++)
        {
            using var content = new StringContent($"n={i}&a=".PadRight(1 << 20, 'a'), Encoding.ASCII, "application/x-www-form-urlencoded");
            await server.PostAsync(content);
        }

        Assert.InRange(server.Server.Requests.Sum(request => request.Body.Length), 30 << 20, RequestLog.MaxBytes);
        Assert.Equal(("39", 40), (server.LastRequest["n"], server.LastRequest.Number));
        Assert.Equal($"{40 - server.Server.Requests.Count}", server.Server.Requests[0]["n"]);
    }

    [Fact]
    public async Task Of_a_body_that_is_too_long_the_first_MiB_is_recorded()
    {
        var server = TestServer.Start();
        using var content = new StringContent("a=".PadRight(50 << 20, 'b'), Encoding.ASCII, "application/x-www-form-urlencoded");

        (await server.PostAsync(content)).ShouldBeRefused(413, "invalid_request", "S01");

        Assert.Equal(1 << 20, server.LastRequest.Body.Length);
    }

    [Fact]
    public void Expired_access_tokens_are_dropped()
    {
        var tokens = new TokenIssuer(ServerSettings.CreateInMemory(new() { TimeProvider = _clock, TokenLifetime = TimeSpan.FromSeconds(100) }));
        string last = "";
        for (var i = 0; i < 10_000; i++)
        {
            last = tokens.Issue(new("a", "a", null, ["b"], new())).Value;
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(tokens.Stored, 100, 1200);
        Assert.NotNull(tokens.Find(last));
        Assert.Equal(10_000, tokens.Issued);
    }

    [Fact]
    public void Used_refresh_tokens_are_dropped_except_the_newest()
    {
        var store = new RefreshTokenStore();
        var tokens = Enumerable.Range(0, RefreshTokenStore.MaxUsed + 100).Select(_ => store.Issue(new("a", "a", null, new()))).ToList();
        var unused = store.Issue(new("a", "a", null, new()));

        Assert.All(tokens, token => Assert.True(store.TryUse(store.Find(token)!)));

        Assert.Equal(RefreshTokenStore.MaxUsed + 1, store.Count);
        Assert.Equal((null, true), (store.Find(tokens[0]), store.Find(tokens[^1])?.IsUsed));
        Assert.NotNull(store.Find(unused));
    }

    [Fact]
    public void A_table_keeps_at_most_twice_the_values_that_are_valid()
    {
        var table = new ExpiringTable<int>(_clock);
        for (var i = 0; i < 100_000; i++)
        {
            Assert.True(table.TryAdd((UInt128)i, i, _clock.GetUtcNow().AddSeconds(5000)));
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.InRange(table.Count, 1, 10_001);
        }

        Assert.False(table.TryAdd(99_999, 0, _clock.GetUtcNow().AddSeconds(1)));
        Assert.True(table.TryGet(99_999, out var value) && value == 99_999);
    }

    [Fact]
    public void The_key_of_an_expired_value_can_be_used_again()
    {
        var table = new ExpiringTable<int>(_clock);
        Assert.True(table.TryAdd(1, 1, _clock.GetUtcNow().AddSeconds(1)));

        Assert.False(table.TryAdd(1, 2, _clock.GetUtcNow().AddSeconds(9)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(table.TryAdd(1, 3, _clock.GetUtcNow().AddSeconds(9)));

        Assert.True(table.TryGet(1, out var value) && value == 3);
    }

    [Theory]
    [InlineData("a", "bc", "ab", "c"), InlineData("a", "", "", "a"), InlineData("\u0000", "a", "", "a")]
    public void Pairs_of_texts_have_different_hashes(string first, string second, string otherFirst, string otherSecond) =>
        Assert.NotEqual(TextHash.Compute(first, second), TextHash.Compute(otherFirst, otherSecond));
}
