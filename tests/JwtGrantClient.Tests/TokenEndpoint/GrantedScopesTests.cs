using System.Diagnostics.Metrics;
using System.Net;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A server may grant less scope than requested (RFC 6749 section 3.3). The token is used, and the difference is reported.</summary>
public sealed class GrantedScopesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("read", "read", null)]
    [InlineData("read write", "write read", null)]
    [InlineData("read write", "read,write", null)]
    [InlineData("read", "read write", null)]
    [InlineData("read offline_access", "read", null)]
    [InlineData("api://reports/.default", "reports.read reports.write", null)]
    [InlineData("read write", "read", "write")]
    [InlineData("read", "READ", "read")]
    [InlineData("read", "", "read")]
    [InlineData("read", "reader", "read")]
    [InlineData("a b c", "b", "a c")]
    public void The_missing_scope_is_what_was_requested_and_not_granted(string requested, string granted, string? missing) =>
        Assert.Equal(missing, GrantedScopes.FindMissing(requested, granted));

    [Fact]
    public async Task Less_scope_is_logged_once_per_change_and_counted_for_each_token()
    {
        var granted = "read";
        var log = new LogLines();
        await using var provider = CreateProvider(log, () => granted);
        using var measurements = new Measurements(provider.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName));
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");

        var token = await tokens.GetTokenAsync(Cancellation);
        await tokens.GetNewTokenAsync(TokenRequest.Default, Cancellation);
        granted = "write read";
        await tokens.GetTokenAsync(new TokenRequest { Resource = ["https://a.example.com"] }, Cancellation);
        granted = "write";
        await tokens.GetTokenAsync(new TokenRequest { Resource = ["https://b.example.com"] }, Cancellation);

        Assert.Equal("read", token.Scope);
        Assert.Equal(
            [
                "Warning 16 Client 'reports' requested the scope 'read write', but the server granted less: 'write' is missing. Requests that need it will be rejected; allow it in the client's registration, or request less",
                "Warning 16 Client 'reports' requested the scope 'read write', but the server granted less: 'read' is missing. Requests that need it will be rejected; allow it in the client's registration, or request less",
            ],
            log.All.Where(line => line.StartsWith("Warning 16 ", StringComparison.Ordinal)));
        Assert.Equal(
            [true, true, false, true],
            measurements.Recorded.Where(line => line.StartsWith("jwtgrantclient.acquisitions", StringComparison.Ordinal)).Select(line => line.EndsWith(" scope=reduced", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_same_loss_is_logged_again_after_the_whole_scope_was_granted()
    {
        var granted = "read";
        var log = new LogLines();
        await using var provider = CreateProvider(log, () => granted);
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");

        var number = 0;
        foreach (var next in new[] { "read", "read write", "read" })
        {
            granted = next;
            await tokens.GetTokenAsync(new TokenRequest { Resource = [$"https://{number++}.example.com"] }, Cancellation);
        }

        Assert.Equal(2, log.All.Count(line => line.StartsWith("Warning 16 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Users_with_different_permissions_do_not_fill_the_log()
    {
        var log = new LogLines();
        var scopes = new GrantedScopes("reports", log);

        for (var i = 0; i < 1000; i++)
        {
            var request = new TokenRequest { Scope = "read write", Subject = $"user-{i}" };
            scopes.Check(request, new AccessToken("token", TestData.Moment, scope: i % 2 == 0 ? "read" : "read write"));
        }

        Assert.Single(log.All);
    }

    private static ServiceProvider CreateProvider(LogLines log, Func<string> granted)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log)).AddMetrics();
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.Scope = "read write";
        }).UseTokenEndpointHandler(_ => new StubHandler(_ => new(HttpStatusCode.OK)
        {
            Content = new StringContent($$"""{"access_token":"token-{{Guid.NewGuid():N}}","token_type":"Bearer","expires_in":3600,"scope":"{{granted()}}"}"""),
        }));
        return services.BuildServiceProvider();
    }
}
