using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A token request, completed from the client's settings, is sent as the configured grant.</summary>
public sealed class TokenEndpointSourceTests
{
    private static readonly TokenRequest Settings = new()
    {
        Scope = "default",
        Resource = ["https://default"],
        Parameters = new Dictionary<string, string> { ["audience"] = "default", ["other"] = "yes" },
    };

    [Fact]
    public async Task The_default_request_uses_the_settings_of_the_client()
    {
        var sent = await SendAsync(TokenRequest.Default);

        Assert.Equal(
            ("default", "https://default", "default", "yes"),
            (sent.Form["scope"].ToString(), sent.Form["resource"].ToString(), sent.Form["audience"].ToString(), sent.Form["other"].ToString()));
        Assert.Equal(TestData.ClientId, sent.Assertion["sub"]);
    }

    [Fact]
    public async Task Values_of_a_request_override_the_settings()
    {
        var sent = await SendAsync(new()
        {
            Scope = "own",
            Resource = ["https://own"],
            Subject = "alice",
            Parameters = new Dictionary<string, string> { ["audience"] = "own" },
        });

        Assert.Equal(
            ("own", "https://own", "own", "yes"),
            (sent.Form["scope"].ToString(), sent.Form["resource"].ToString(), sent.Form["audience"].ToString(), sent.Form["other"].ToString()));
        Assert.Equal("alice", sent.Assertion["sub"]);
    }

    [Fact]
    public async Task Client_credentials_reject_a_subject()
    {
        var source = new TokenEndpointSource(new Composition { Endpoint = TestData.TokenEndpoint }.Build(), request => Grant.ClientCredentials(request), Settings);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => source.GetTokenAsync(new() { Subject = "alice" }, new RequestAttempts(), TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Configuration, "subject_without_assertion"), (error.Kind, error.Code));
    }

    private static async Task<Received> SendAsync(TokenRequest request)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        await new TokenEndpointSource(client.Build(), request => client.JwtBearer(request), Settings)
            .GetTokenAsync(request, new RequestAttempts(), TestContext.Current.CancellationToken);

        return Assert.Single(server.Requests);
    }
}
