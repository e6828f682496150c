using System.Net;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Each scripted response, over a socket and in memory alike: one request takes it, the next is judged again.</summary>
public sealed class ScriptedResponseTests
{
    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task An_OAuth_error_is_answered_unjudged(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        var form = there.Form();
        there.Server.Enqueue(ScriptedResponse.OAuthError("temporarily_unavailable", 503, "Later."));
        there.Server.Enqueue(ScriptedResponse.OAuthError("invalid_grant"));

        using var first = await there.PostAsync(form);
        using var second = await there.PostAsync(form);
        using var third = await there.PostAsync(form);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"error":"temporarily_unavailable","error_description":"Later."}"""),
            (first.StatusCode, await BodyAsync(first)));
        Assert.Equal((HttpStatusCode.BadRequest, """{"error":"invalid_grant"}"""), (second.StatusCode, await BodyAsync(second)));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.Equal([503, 400, 200], there.Server.Requests.Select(request => request.Status));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task Any_answer_goes_out_as_it_is(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.Create(502, "<h1>Bad gateway</h1>", "text/html",
            [new("X-Test", "a"), new("Date", "Mon, 23 Nov 2026 08:00:00 GMT")]));
        there.Server.Enqueue(ScriptedResponse.Create(200, [0xEF, 0xBB, 0xBF, 0xFF], "application/json; charset=\"utf8\""));
        there.Server.Enqueue(ScriptedResponse.Create(204, "", null));

        using var html = await there.PostAsync();
        using var bytes = await there.PostAsync();
        using var empty = await there.PostAsync();

        Assert.Equal(("<h1>Bad gateway</h1>", "text/html"), (await BodyAsync(html), html.Content.Headers.ContentType?.ToString()));
        Assert.Equal(["a"], html.Headers.GetValues("X-Test"));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero), html.Headers.Date);
        Assert.Equal([0xEF, 0xBB, 0xBF, 0xFF], await bytes.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json; charset=\"utf8\"", bytes.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(HttpStatusCode.NoContent, empty.StatusCode);
        Assert.Null(empty.Content.Headers.ContentType);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_redirect_says_where_to(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.Redirect(new("https://other.example.com/token?a=b")));
        there.Server.Enqueue(ScriptedResponse.Redirect(new("/elsewhere", UriKind.Relative), 308));

        using var first = await there.PostAsync();
        using var second = await there.PostAsync();

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "https://other.example.com/token?a=b"),
            (first.StatusCode, first.Headers.Location?.OriginalString));
        Assert.Equal((HttpStatusCode.PermanentRedirect, "/elsewhere"), (second.StatusCode, second.Headers.Location?.OriginalString));
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task Too_many_requests_says_when_to_come_again(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.TooManyRequests(TimeSpan.FromSeconds(7)));

        using var response = await there.PostAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7)), (response.StatusCode, response.Headers.RetryAfter?.Delta));
    }

    [Theory]
    [InlineData(ServerTransport.Socket, false), InlineData(ServerTransport.Socket, true), InlineData(ServerTransport.Memory, false), InlineData(ServerTransport.Memory, true)]
    public async Task A_drop_ends_the_connection_before_or_after_the_jti_is_used_up(ServerTransport transport, bool afterProcessing)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        var form = there.Form();
        there.Server.Enqueue(ScriptedResponse.Drop(afterProcessing));

        await Assert.ThrowsAsync<HttpRequestException>(() => there.PostAsync(form));
        Assert.Equal((afterProcessing ? 1 : 0, 0), (there.Server.TokensIssued, there.Server.Requests[^1].Status));
        using var again = await there.PostAsync(form);

        Assert.Equal(afterProcessing ? HttpStatusCode.BadRequest : HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(afterProcessing ? "S16" : null, there.Server.Requests[^1].Refusal?.Rule);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_gate_holds_one_request_and_not_the_next(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        var gate = new TaskCompletionSource();
        there.Server.Enqueue(ScriptedResponse.After(gate.Task));

        var held = there.PostAsync();
        await there.HasArrivedAsync();
        using var next = await there.PostAsync();

        Assert.Equal((HttpStatusCode.OK, 1, false), (next.StatusCode, there.Server.TokensIssued, held.IsCompleted));
        gate.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await held).StatusCode);
        Assert.Equal(2, there.Server.TokensIssued);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_delay_runs_by_the_servers_clock(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.After(TimeSpan.FromSeconds(30)));

        var held = there.PostAsync();
        await there.Clock.TimerMade;
        there.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, there.Server.TokensIssued);
        there.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.OK, (await held).StatusCode);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task A_rewrite_changes_what_would_have_been_said(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.Rewrite(body =>
            body.Replace("\"expires_in\":300", "\"expires_in\":\"300\"", StringComparison.Ordinal)));

        using var response = await there.PostAsync();

        Assert.Contains("\"expires_in\":\"300\"", await BodyAsync(response), StringComparison.Ordinal);
        Assert.Equal(1, there.Server.TokensIssued);
    }

    [Theory, InlineData(ServerTransport.Socket), InlineData(ServerTransport.Memory)]
    public async Task Metadata_do_not_take_what_is_meant_for_the_token_endpoint(ServerTransport transport)
    {
        await using var there = await ReachableServer.ByAsync(transport);
        there.Server.Enqueue(ScriptedResponse.OAuthError("invalid_client", 401));

        using var keys = await there.GetAsync(there.Server.JwksUri);
        using var token = await there.PostAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (keys.StatusCode, token.StatusCode));
    }

    private static Task<string> BodyAsync(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
