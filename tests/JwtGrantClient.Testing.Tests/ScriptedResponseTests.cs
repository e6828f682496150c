using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>
/// Each scripted response, through a socket and in memory. One request consumes it. The request is validated first, so that a replay is found.
/// </summary>
public sealed class ScriptedResponseTests
{
    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task An_OAuth_error_is_returned_for_one_request_each(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503, "Later."));
        server.Server.Enqueue(ScriptedResponse.OAuthError("invalid_grant"));

        using var first = await server.PostAsync();
        using var second = await server.PostAsync();
        using var third = await server.PostAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"error":"temporarily_unavailable","error_description":"Later."}"""),
            (first.StatusCode, await BodyAsync(first)));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"invalid_grant"}"""), (second.StatusCode, await BodyAsync(second)));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal([(1, 503, null), (2, 400, null), (3, 200, null)],
            server.Server.Requests.Select(request => (request.Number, request.Status, request.Refusal?.Rule)));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_jti_that_is_sent_again_after_a_scripted_failure_is_refused_as_that_of_the_first_request(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        var form = server.CreateForm();
        server.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503));
        server.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503));

        using var other = await server.PostAsync();
        using var first = await server.PostAsync(form);
        using var second = await server.PostAsync(form);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadRequest),
            (other.StatusCode, first.StatusCode, second.StatusCode));
        Assert.Equal("S16", server.Server.Requests[2].Refusal?.Rule);
        Assert.Contains("jti is that of request 2 again", server.Server.Requests[2].Refusal?.Explanation, StringComparison.Ordinal);
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_refusal_is_recorded_although_the_scripted_response_is_sent(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.TooManyRequests(TimeSpan.FromSeconds(1)));

        using var response = await server.PostAsync([("grant_type", TestData.JwtBearer)]);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal((429, "S01"), (server.Server.Requests[0].Status, server.Server.Requests[0].Refusal?.Rule));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task Without_validation_a_jti_stays_unused(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        var form = server.CreateForm();
        server.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503).WithoutValidation());
        server.Server.Enqueue(ScriptedResponse.Drop().WithoutValidation());

        using var failed = await server.PostAsync(form);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.PostAsync(form));
        using var repeated = await server.PostAsync(form);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (failed.StatusCode, repeated.StatusCode));
    }

    [Fact]
    public async Task A_scripted_failure_uses_up_neither_a_code_nor_a_refresh_token()
    {
        var server = TestServer.Start();
        var code = server.Server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com");
        var refreshToken = server.Server.IssueRefreshToken(TestData.ClientId);
        (string, string)[][] forms =
        [
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://app.example.com")],
            [("grant_type", "refresh_token"), ("refresh_token", refreshToken)],
        ];

        foreach (var form in forms)
        {
            server.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503));
            var failed = await server.PostAsync([.. form, .. TestServer.ClientAssertion()]);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, null), (failed.Status, failed.Refusal));

            (await server.PostAsync([.. form, .. TestServer.ClientAssertion()])).ShouldBeGranted();
        }
    }

    [Fact]
    public async Task A_request_that_is_canceled_while_it_waits_has_used_up_its_jti()
    {
        var server = TestServer.Start();
        server.Server.Enqueue(ScriptedResponse.After(TimeSpan.FromSeconds(30)));
        using var canceled = new CancellationTokenSource();
        var assertion = new JwtBuilder().Compact();

        var waiting = SendAsync(server, assertion, canceled.Token);
        await canceled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        (await server.PresentAsync(assertion, AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S16").WithExplanation("request 1 again");
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_custom_response_is_sent_unchanged(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.Create(502, "<h1>Bad gateway</h1>", "text/html",
            [new("X-Test", "a"), new("Date", "Mon, 23 Nov 2026 08:00:00 GMT")]));
        server.Server.Enqueue(ScriptedResponse.Create(200, [0xEF, 0xBB, 0xBF, 0xFF], "application/json; charset=\"utf8\""));
        server.Server.Enqueue(ScriptedResponse.Create(204, "", null));

        using var html = await server.PostAsync();
        using var bytes = await server.PostAsync();
        using var empty = await server.PostAsync();

        Assert.Equal(("<h1>Bad gateway</h1>", "text/html"), (await BodyAsync(html), html.Content.Headers.ContentType?.ToString()));
        Assert.Equal(["a"], html.Headers.GetValues("X-Test"));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero), html.Headers.Date);
        Assert.Equal([0xEF, 0xBB, 0xBF, 0xFF], await bytes.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json; charset=\"utf8\"", bytes.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
        Assert.Null(empty.Content.Headers.ContentType);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_redirect_contains_its_location(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.Redirect(new("https://other.example.com/token?a=b")));
        server.Server.Enqueue(ScriptedResponse.Redirect(new("/elsewhere", UriKind.Relative), 308));

        using var first = await server.PostAsync();
        using var second = await server.PostAsync();

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://other.example.com/token?a=b"),
            (first.StatusCode, first.Headers.Location?.OriginalString));
        Assert.Equal((HttpStatusCode.PermanentRedirect, "/elsewhere"), (second.StatusCode, second.Headers.Location?.OriginalString));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task TooManyRequests_contains_the_Retry_After_header(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.TooManyRequests(TimeSpan.FromSeconds(7)));

        using var response = await server.PostAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), (response.StatusCode, response.Headers.RetryAfter?.Delta));
    }

    [Theory]
    [InlineData(ServerTransport.Socket, false), InlineData(ServerTransport.Socket, true), InlineData(ServerTransport.Memory, false), InlineData(ServerTransport.Memory, true)]
    public async Task A_dropped_connection_consumes_the_jti_and_issues_a_token_only_after_processing(ServerTransport transport, bool afterProcessing)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        var form = server.CreateForm();
        server.Server.Enqueue(ScriptedResponse.Drop(afterProcessing));

        await Assert.ThrowsAsync<HttpRequestException>(() => server.PostAsync(form));
        Assert.Equal((afterProcessing ? 1 : 0, 0), (server.Server.TokensIssued, server.Server.Requests[^1].Status));
        using var repeated = await server.PostAsync(form);

        Assert.Equal((HttpStatusCode.BadRequest, "S16"), (repeated.StatusCode, server.Server.Requests[^1].Refusal?.Rule));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_request_waits_for_a_task_and_the_next_request_does_not(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        var release = new TaskCompletionSource();
        server.Server.Enqueue(ScriptedResponse.After(release.Task));

        var delayed = server.PostAsync();
        await server.WaitForRequestAsync();
        using var next = await server.PostAsync();

        Assert.Equal((HttpStatusCode.OK, 1, false), (next.StatusCode, server.Server.TokensIssued, delayed.IsCompleted));
        release.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await delayed).StatusCode);
        Assert.Equal(2, server.Server.TokensIssued);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_delay_uses_the_servers_clock(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.After(TimeSpan.FromSeconds(30)));

        var delayed = server.PostAsync();
        await server.Clock.TimerCreated;
        server.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, server.Server.TokensIssued);
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.OK, (await delayed).StatusCode);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_rewrite_changes_the_body_of_the_normal_response(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.Rewrite(body =>
            body.Replace("\"expires_in\":300", "\"expires_in\":\"300\"", StringComparison.Ordinal)));

        using var response = await server.PostAsync();

        Assert.Contains("\"expires_in\":\"300\"", await BodyAsync(response), StringComparison.Ordinal);
        Assert.Equal(1, server.Server.TokensIssued);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_JWKS_request_does_not_consume_a_response_for_the_token_endpoint(ServerTransport transport)
    {
        await using var server = await ReachableServer.StartAsync(transport);
        server.Server.Enqueue(ScriptedResponse.OAuthError("invalid_client", 401));

        using var keys = await server.GetAsync(server.Server.JwksUri);
        using var token = await server.PostAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (keys.StatusCode, token.StatusCode));
        Assert.Equal("Basic realm=\"token\"", token.Headers.WwwAuthenticate.ToString());
    }

    private static async Task SendAsync(TestServer server, string assertion, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(server.Server.CreateHandler());
        using var form = new FormUrlEncodedContent([new("grant_type", TestData.JwtBearer), new("assertion", assertion)]);
        using var response = await http.PostAsync(TestData.TokenEndpoint, form, cancellationToken);
    }

    private static Task<string> BodyAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
