using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Retry-After (RFC 9110 section 10.2.3) in both forms, capped, and longer than there is time for.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("86400", 300)]
    [InlineData("Mon, 23 Nov 2026 09:00:20 GMT", 20)]
    [InlineData("Mon, 23 Nov 2026 08:00:00 GMT", 0)]
    [InlineData("Tue, 23 Nov 2027 09:00:00 GMT", 300)]
    public void It_is_read_as_seconds_and_as_a_date_and_capped_at_five_minutes(string header, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Answer.Refuse(429, "", ("Retry-After", header)).RetryAfter);

    [Theory]
    [InlineData("soon"), InlineData("-1"), InlineData("1.5"), InlineData(""), InlineData("1, 2")]
    public void Garbage_counts_as_none(string header) =>
        Assert.Null(Answer.Refuse(429, "", ("Retry-After", header)).RetryAfter);

    [Fact]
    public void A_date_is_measured_by_the_servers_own_clock() => Assert.Equal(
        TimeSpan.FromSeconds(9),
        Answer.Refuse(503, "", ("Date", "Mon, 23 Nov 2026 12:00:00 GMT"), ("Retry-After", "Mon, 23 Nov 2026 12:00:09 GMT")).RetryAfter);

    [Fact]
    public void An_OAuth_error_carries_it_too() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Answer.Refuse(429, """{"error":"slow_down"}""", ("Retry-After", "7")).RetryAfter);

    [Fact]
    public async Task It_takes_the_place_of_the_drawn_delay()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(429, ("Retry-After", "20")), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint, Random = () => 0.5 };

        var request = client.RequestAsync();
        var delay = await client.Time.NextDelayAsync();
        Assert.Equal(TimeSpan.FromSeconds(20), delay);
        Assert.Single(server.Requests);
        client.Time.Advance(delay);

        Assert.Equal("abc", (await request).AccessToken.Value);
    }

    [Fact]
    public async Task Beyond_the_flights_remaining_time_it_ends_the_flight_at_once_and_is_handed_on()
    {
        await using var server = await ScriptedServer.StartAsync(
            Reply.Status(429, ("Retry-After", "20")), Reply.Status(429, ("Retry-After", "11")), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        client.Time.Advance(await client.Time.NextDelayAsync());

        // 20 s of 30 are gone: 11 s more would be too many, and nobody is left waiting for them.
        Assert.Equal(TimeSpan.FromSeconds(11), (await request).RetryAfter);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(TestData.Moment.AddSeconds(20), client.Time.GetUtcNow());
    }
}
