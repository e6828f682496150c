using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>What a test, or somebody at a console, learns of each request.</summary>
public sealed class RecordedRequestTests
{
    [Fact]
    public async Task A_request_is_recorded_as_it_came_with_what_was_answered()
    {
        var server = TestServer.Start();
        var assertion = new JwtBuilder().Compact();
        using var content = new StringContent($"grant_type={TestData.JwtBearer}&assertion={assertion}&scope=a+b%2Bc&scope2=", null,
            "application/x-www-form-urlencoded");

        await server.PostAsync(content, ("X-Test", "one"), ("X-Test", "two"));

        var request = Assert.Single(server.Server.Requests);
        Assert.Equal(("POST", "/token", "", 200), (request.Method, request.Path, request.Query, request.Status));
        Assert.Equal(["grant_type", "assertion", "scope", "scope2"], request.Form.Select(field => field.Key));
        Assert.Equal((assertion, "a b+c", "", null), (request["assertion"], request["scope"], request["scope2"], request["scope3"]));
        Assert.StartsWith("grant_type=", request.Body, StringComparison.Ordinal);
        Assert.Equal(["one", "two"], request.Headers.Where(header => header.Key == "X-Test").Select(header => header.Value));
        Assert.Null(request.Refusal);
    }

    [Fact]
    public async Task The_newest_ten_thousand_are_kept()
    {
        var server = TestServer.Start();
        using var http = new HttpClient(server.Server.CreateHandler());
        for (var i = 0; i <= 10_000; i++)
            (await http.GetAsync($"{TestData.Issuer}/{i}", TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal((10_000, "/1", "/10000"),
            (server.Server.Requests.Count, server.Server.Requests[0].Path, server.Server.Requests[^1].Path));
    }

    [Fact]
    public async Task A_refusal_is_recorded_with_rule_clause_and_explanation()
    {
        var server = TestServer.Start();

        await server.PresentAsync(new JwtBuilder().Claim("aud", "https://other.example.com"));

        var request = Assert.Single(server.Server.Requests);
        Assert.Equal(400, request.Status);
        Assert.Equal(("invalid_grant", 400, "S12"), (request.Refusal?.Error, request.Refusal?.Status, request.Refusal?.Rule));
        Assert.Contains("RFC 7523", request.Refusal?.Clause, StringComparison.Ordinal);
        Assert.Contains("'https://other.example.com'; expected 'https://as.example.com'", request.Refusal?.Explanation,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_request_is_told_after_it_was_answered()
    {
        var told = new List<(string, int, string?)>();
        var server = TestServer.Start(clock =>
            new() { TimeProvider = clock, OnRequest = request => told.Add((request.Path, request.Status, request.Refusal?.Rule)) });

        await server.PresentAsync(new JwtBuilder());
        await server.PresentAsync(new JwtBuilder().Without("jti"));
        await server.GetAsync(TestData.Issuer + "/nothing");

        Assert.Equal([("/token", 200, null), ("/token", 400, "S16"), ("/nothing", 404, null)], told);
    }

    [Fact]
    public async Task What_a_stranger_sent_is_quoted_without_control_characters_and_at_bounded_length()
    {
        var server = TestServer.Start();

        var answer = await server.PresentAsync(new JwtBuilder().Claim("aud", "\u001b[2J\r\n" + new string('x', 5000)));

        var explanation = answer.ShouldBeRefused(AssertionRole.Grant, "S12").Refusal!.Explanation;
        Assert.DoesNotContain(explanation, char.IsControl);
        Assert.InRange(explanation.Length, 100, 700);
        Assert.Contains("expected 'https://as.example.com'", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_keeps_to_the_characters_that_it_may_have()
    {
        var answer = await TestServer.Start().PostAsync(("grant_type", "a\"b\\c é\u007f"));

        Assert.Equal("unsupported_grant_type", answer["error"]);
        Assert.All(answer["error_description"]!, c => Assert.True(c is (>= ' ' and <= '~') and not ('"' or '\\'), $"'{c}'"));
    }

    [Fact]
    public async Task Answers_are_dated_by_the_servers_own_clock()
    {
        var answer = await TestServer.Start().PresentAsync(new JwtBuilder());

        Assert.Equal(TestData.Moment, answer.Response.Headers.Date);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("as.example.com"), InlineData("ftp://as.example.com"), InlineData("https://as.example.com?a")]
    [InlineData("https://as.example.com#a"), InlineData("")]
    public void An_issuer_that_can_be_none_is_refused_at_once(string issuer)
    {
        var error = Assert.Throws<ArgumentException>(() => StrictAuthorizationServer.CreateInMemory(new() { Issuer = issuer }));

        Assert.Contains($"'{issuer}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 0, 0), InlineData(-1, 1, 0, 0), InlineData(1, 0, 0, 0), InlineData(1, 1, -1, 0), InlineData(1, 1, 0, -1)]
    public void A_time_out_of_range_is_refused_at_once(int lifetime, int maximum, int skew, int tolerance) =>
        Assert.Throws<ArgumentException>(() => StrictAuthorizationServer.CreateInMemory(new()
        {
            TokenLifetime = TimeSpan.FromSeconds(lifetime), MaxAssertionLifetime = TimeSpan.FromSeconds(maximum),
            ClockSkew = TimeSpan.FromSeconds(skew), FutureTolerance = TimeSpan.FromSeconds(tolerance),
        }));
}
