using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Retry-After (RFC 9110 section 10.2.3) as seconds and as a date, its maximum, and its effect on retries.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("86400", 300)]
    [InlineData("Mon, 23 Nov 2026 09:00:20 GMT", 20)]
    [InlineData("Mon, 23 Nov 2026 08:00:00 GMT", 0)]
    [InlineData("Tue, 23 Nov 2027 09:00:00 GMT", 300)]
    public void Retry_After_is_read_as_seconds_or_as_a_date_and_limited_to_five_minutes(string header, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Answer.ReadError(429, "", ("Retry-After", header)).RetryAfter);

    [Theory]
    [InlineData("soon"), InlineData("-1"), InlineData("1.5"), InlineData(""), InlineData("1, 2")]
    public void A_malformed_Retry_After_is_ignored(string header) =>
        Assert.Null(Answer.ReadError(429, "", ("Retry-After", header)).RetryAfter);

    [Fact]
    public void A_Retry_After_date_is_relative_to_the_Date_of_the_server() => Assert.Equal(
        TimeSpan.FromSeconds(9),
        Answer.ReadError(503, "", ("Date", "Mon, 23 Nov 2026 12:00:00 GMT"), ("Retry-After", "Mon, 23 Nov 2026 12:00:09 GMT")).RetryAfter);

    [Fact]
    public void An_OAuth_error_carries_its_Retry_After() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Answer.ReadError(429, """{"error":"slow_down"}""", ("Retry-After", "7")).RetryAfter);

    [Fact]
    public async Task Retry_After_replaces_the_random_delay()
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
    public async Task A_Retry_After_beyond_the_total_timeout_fails_the_request_at_once_and_is_reported()
    {
        await using var server = await ScriptedServer.StartAsync(
            Reply.Status(429, ("Retry-After", "20")), Reply.Status(429, ("Retry-After", "11")), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        client.Time.Advance(await client.Time.NextDelayAsync());

        // 20 s of 30 s have passed: a delay of 11 s would exceed the total timeout.
        Assert.Equal(TimeSpan.FromSeconds(11), (await request).RetryAfter);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(TestData.Moment.AddSeconds(20), client.Time.GetUtcNow());
    }
}
