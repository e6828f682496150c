using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Discovery of the token endpoint from the issuer (RFC 8414, OpenID Connect Discovery).</summary>
public sealed class MetadataDiscoveryTests
{
    [Theory]
    [InlineData("", "/.well-known/oauth-authorization-server")]
    [InlineData("/", "/.well-known/oauth-authorization-server")]
    [InlineData("/tenant", "/.well-known/oauth-authorization-server/tenant")]
    [InlineData("/tenant/", "/.well-known/oauth-authorization-server/tenant")]
    public async Task The_RFC_8414_document_is_requested_first(string path, string target)
    {
        await using var site = await MetadataSite.StartAsync(path);

        await site.Client.RequestAsync();

        Assert.Equal([$"GET {target}", "POST /token"], site.Requests);
    }

    [Theory]
    [InlineData(404), InlineData(400), InlineData(403)]
    public async Task OpenID_Connect_Discovery_is_requested_if_there_is_no_RFC_8414_document(int status)
    {
        await using var site = await MetadataSite.StartAsync("/tenant", Reply.Status(status));

        await site.Client.RequestAsync();

        Assert.Equal(
            ["GET /.well-known/oauth-authorization-server/tenant", "GET /tenant/.well-known/openid-configuration", "POST /token"], site.Requests);
    }

    [Fact]
    public async Task Missing_metadata_is_an_error_that_names_both_addresses()
    {
        await using var site = await MetadataSite.StartAsync("", Reply.Status(404), Reply.Status(404));

        var error = await site.Client.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "metadata_unavailable", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("/.well-known/oauth-authorization-server' responded with 404 and '", error.Message, StringComparison.Ordinal);
        Assert.Contains("/.well-known/openid-configuration' responded with 404", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check Issuer, or set TokenEndpoint, which needs no metadata.", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, site.Requests.Count);
    }

    [Theory]
    [InlineData("/token")]
    [InlineData("/oauth/TOKEN/")]
    public async Task An_issuer_that_looks_like_a_token_endpoint_is_recognized(string path)
    {
        await using var site = await MetadataSite.StartAsync(path, Reply.Status(404), Reply.Status(404));

        var error = await site.Client.FailAsync();

        Assert.EndsWith("This looks like the address of the token endpoint. If it is, set TokenEndpoint to it, and Issuer to the issuer identifier or not at all.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(408), InlineData(429), InlineData(500), InlineData(503)]
    public async Task A_metadata_request_is_retried_after_a_transient_status(int status)
    {
        await using var site = await MetadataSite.StartAsync("", Reply.Status(status, ("Retry-After", "0")));

        await site.Client.RequestAsync();

        Assert.Equal(3, site.Requests.Count);
        Assert.Equal(site.Requests[0], site.Requests[1]);
    }

    [Fact]
    public async Task A_redirect_of_the_metadata_is_rejected_and_no_request_reaches_the_other_host()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("", Reply.Status(302, ("Location", other.Address)));

        var error = await site.Client.FailAsync();

        Assert.Equal(("metadata_unavailable", (int?)302, false), (error.Code, error.StatusCode, error.IsTransient));
        Assert.Single(site.Requests);
        Assert.Equal(0, other.Calls);
    }

    [Fact]
    public async Task Metadata_is_cached_for_an_hour_and_then_refreshed()
    {
        await using var site = await MetadataSite.StartAsync("");

        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await site.RequestAndRefreshAsync();
        Assert.Equal(1, site.MetadataCalls);
        site.Time.Advance(TimeSpan.FromTicks(1));
        await site.RequestAndRefreshAsync();

        Assert.Equal(2, site.MetadataCalls);
    }

    [Fact]
    public async Task Refreshed_metadata_is_used_for_the_following_requests()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAndMoveAsync(other.TokenEndpoint);

        await site.RequestAndRefreshAsync();
        Assert.Equal(0, other.Calls);
        await site.RequestAsync();

        Assert.Equal(1, other.Calls);
    }

    public static TheoryData<string, RequestDelegate> FailedRefreshes => new()
    {
        { "server error", Reply.Status(500) },
        { "not found", Reply.Status(404) },
        { "dropped connection", Reply.Drop },
        { "not JSON", Reply.Json(200, "<html>") },
        { "another issuer", Reply.Json(200, """{"issuer":"https://evil.example","token_endpoint":"https://evil.example/token"}""") },
    };

    [Theory]
    [MemberData(nameof(FailedRefreshes))]
    public async Task The_cached_document_is_used_while_its_refresh_fails(string failure, RequestDelegate refresh)
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        site.Metadata = refresh;

        await site.RequestAndRefreshAsync();
        Assert.Contains(site.Client.Log.Lines, line => line.StartsWith("Warning 2: Metadata of ", StringComparison.Ordinal));

        // The next refresh is tried after five minutes.
        var calls = site.MetadataCalls;
        site.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        await site.RequestAndRefreshAsync();
        Assert.True(site.MetadataCalls == calls, failure);
        site.Time.Advance(TimeSpan.FromTicks(1));
        await site.RequestAndRefreshAsync();
        Assert.True(site.MetadataCalls > calls, failure);
    }

    [Fact]
    public async Task Metadata_that_can_be_read_again_is_logged_with_the_duration_and_the_number_of_failures()
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        var metadata = site.Metadata;
        site.Metadata = Reply.Status(503);
        site.Time.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 2; i++)
        {
            await site.RequestAndRefreshAsync();
            site.Time.Advance(TimeSpan.FromMinutes(5));
        }

        site.Metadata = metadata;
        await site.RequestAndRefreshAsync();

        Assert.Equal($"Information 28: Metadata of {site.Client.Issuer} can be read again, after 00:10:00. Failed attempts in that time: 2 ", site.Client.Log.Lines[^1]);
        Assert.Single(site.Client.Log.Lines, line => line.Contains("JwtGrantException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_metadata_refresh_without_a_response_blocks_no_caller_and_ends_after_ten_seconds()
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        var started = new TaskCompletionSource();
        site.Metadata = context =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        await site.RequestAsync();
        await started.Task.WaitAsync(ObservedTime.RealTimeout, TestContext.Current.CancellationToken);
        await site.RequestAsync();
        Assert.Equal(2, site.MetadataCalls);
        site.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.StartsWith("Warning 2: Metadata of ", await site.Client.Log.NextLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://as.example.com", "")]
    [InlineData("https://as.example.com", "/")]
    [InlineData("https://as.example.com", "/a/b")]
    [InlineData("https://as.example.com", "/a/")]
    [InlineData("https://AS.example.com:443", "/%7Ea")]
    public void Well_known_addresses_are_composed_without_normalizing_the_issuer(string origin, string path)
    {
        var trimmed = path.TrimEnd('/');

        Assert.Equal(
            [$"{origin}/.well-known/oauth-authorization-server{trimmed}", $"{origin}{trimmed}/.well-known/openid-configuration"],
            MetadataUrls.Addresses(origin + path));
    }
}
