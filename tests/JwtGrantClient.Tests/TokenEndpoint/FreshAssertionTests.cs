using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Every attempt carries fresh assertions, because the server may have seen those of the previous attempt (RFC 7523 section 3, jti).</summary>
public sealed class FreshAssertionTests
{
    public static TheoryData<string, RequestDelegate> Failures => new()
    {
        { "503", Reply.Status(503) },
        { "429", Reply.Status(429) },
        { "dropped connection", Reply.Drop },
        { "incomplete body", context => { context.Response.ContentLength = 100; return context.Response.WriteAsync("{"); } },
        { "server_error", Reply.Error("server_error") },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Each_retry_carries_assertions_with_a_new_jti(string failure, RequestDelegate response)
    {
        await using var server = await ScriptedServer.StartAsync(response, response, Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint, Authenticated = true }.RequestAsync();

        Assert.True(server.Requests.Count == 3, failure);
        Assert.Equal(6, server.Requests.SelectMany(sent => new[] { sent.Assertion["jti"], sent.ClientAssertion["jti"] }).Distinct().Count());
    }

    [Fact]
    public async Task A_retry_after_a_delay_carries_an_assertion_with_a_new_iat_and_exp()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503, ("Retry-After", "7")), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync();
        client.Time.Advance(await client.Time.NextDelayAsync());
        await request;

        var first = TestData.Moment.ToUnixTimeSeconds();
        Assert.Equal([first, first + 7], server.Requests.Select(sent => sent.Assertion.Payload.GetProperty("iat").GetInt64()));
        Assert.Equal([first + 120, first + 127], server.Requests.Select(sent => sent.Assertion.Payload.GetProperty("exp").GetInt64()));
    }
}
