using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The record of each request, for tests and for the console.</summary>
public sealed class RecordedRequestTests
{
    [Fact]
    public async Task A_request_is_recorded_as_received_with_its_response_status()
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
    public async Task The_newest_ten_thousand_requests_are_recorded()
    {
        var server = TestServer.Start();
        using var http = new HttpClient(server.Server.CreateHandler());
        for (var i = 0; i <= 10_000; i++)
            (await http.GetAsync($"{TestData.Issuer}/{i}", TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal((10_000, "/1", "/10000"),
            (server.Server.Requests.Count, server.Server.Requests[0].Path, server.Server.Requests[^1].Path));
    }

    [Fact]
    public async Task A_refusal_is_recorded_with_its_rule_clause_and_explanation()
    {
        var server = TestServer.Start();

        await server.PresentAsync(new JwtBuilder().WithClaim("aud", "https://other.example.com"));

        var request = Assert.Single(server.Server.Requests);
        Assert.Equal(400, request.Status);
        Assert.Equal(("invalid_grant", 400, "S12"), (request.Refusal?.Error, request.Refusal?.Status, request.Refusal?.Rule));
        Assert.Contains("RFC 7523", request.Refusal?.Clause, StringComparison.Ordinal);
        Assert.Contains("'https://other.example.com'; expected 'https://as.example.com'", request.Refusal?.Explanation,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnRequest_reports_each_request_with_its_result()
    {
        var reported = new List<(string, int, string?)>();
        var server = TestServer.Start(clock =>
            new() { TimeProvider = clock, OnRequest = request => reported.Add((request.Path, request.Status, request.Refusal?.Rule)) });

        await server.PresentAsync(new JwtBuilder());
        await server.PresentAsync(new JwtBuilder().Without("jti"));
        await server.GetAsync(TestData.Issuer + "/nothing");

        Assert.Equal([("/token", 200, null), ("/token", 400, "S16"), ("/nothing", 404, "S00")], reported);
    }

    [Fact]
    public async Task Untrusted_input_is_quoted_without_control_characters_and_at_bounded_length()
    {
        var server = TestServer.Start();

        var response = await server.PresentAsync(new JwtBuilder().WithClaim("aud", "\u001b[2J\r\n" + new string('x', 5000)));

        var explanation = response.ShouldBeRefused(AssertionRole.Grant, "S12").Refusal!.Explanation;
        Assert.DoesNotContain(explanation, char.IsControl);
        Assert.InRange(explanation.Length, 100, 700);
        Assert.Contains("expected 'https://as.example.com'", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_description_contains_only_allowed_characters()
    {
        var response = await TestServer.Start().PostAsync(("grant_type", "a\"b\\c é\u007f"));

        Assert.Equal("unsupported_grant_type", response["error"]);
        Assert.All(response["error_description"]!, c => Assert.True(c is (>= ' ' and <= '~') and not ('"' or '\\'), $"'{c}'"));
    }

    [Fact]
    public async Task The_Date_header_of_a_response_comes_from_the_servers_clock()
    {
        var response = await TestServer.Start().PresentAsync(new JwtBuilder());

        Assert.Equal(TestData.StartTime, response.Response.Headers.Date);
        Assert.Equal(HttpStatusCode.OK, response.Status);
    }
}
