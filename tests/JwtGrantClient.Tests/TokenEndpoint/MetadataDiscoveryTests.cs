using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>From an issuer to its token endpoint, over HTTP (RFC 8414, OpenID Connect Discovery).</summary>
public sealed class MetadataDiscoveryTests
{
    [Theory]
    [InlineData("", "/.well-known/oauth-authorization-server")]
    [InlineData("/", "/.well-known/oauth-authorization-server")]
    [InlineData("/tenant", "/.well-known/oauth-authorization-server/tenant")]
    [InlineData("/tenant/", "/.well-known/oauth-authorization-server/tenant")]
    public async Task RFC_8414_is_asked_first(string path, string target)
    {
        await using var site = await MetadataSite.StartAsync(path);

        await site.Client.RequestAsync();

        Assert.Equal([$"GET {target}", "POST /token"], site.Log);
    }

    [Theory]
    [InlineData(404), InlineData(400), InlineData(403)]
    public async Task OpenID_Connect_Discovery_is_asked_where_that_is_not_there(int status)
    {
        await using var site = await MetadataSite.StartAsync("/tenant", Reply.Status(status));

        await site.Client.RequestAsync();

        Assert.Equal(
            ["GET /.well-known/oauth-authorization-server/tenant", "GET /tenant/.well-known/openid-configuration", "POST /token"], site.Log);
    }

    [Fact]
    public async Task Metadata_that_is_nowhere_is_an_error_with_both_addresses()
    {
        await using var site = await MetadataSite.StartAsync("", Reply.Status(404), Reply.Status(404));

        var error = await site.Client.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "metadata_unavailable", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("/.well-known/oauth-authorization-server' answered 404 and '", error.Message, StringComparison.Ordinal);
        Assert.Contains("/.well-known/openid-configuration' answered 404", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check Issuer, or set TokenEndpoint, which needs no metadata.", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, site.Log.Count);
    }

    [Theory]
    [InlineData(408), InlineData(429), InlineData(500), InlineData(503)]
    public async Task A_server_in_trouble_is_asked_again(int status)
    {
        await using var site = await MetadataSite.StartAsync("", Reply.Status(status, ("Retry-After", "0")));

        await site.Client.RequestAsync();

        Assert.Equal(3, site.Log.Count);
        Assert.Equal(site.Log[0], site.Log[1]);
    }

    [Fact]
    public async Task A_redirect_is_refused_and_nothing_reaches_the_other_host()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("", Reply.Status(302, ("Location", other.Address)));

        var error = await site.Client.FailAsync();

        Assert.Equal(("metadata_unavailable", (int?)302, false), (error.Code, error.StatusCode, error.IsTransient));
        Assert.Single(site.Log);
        Assert.Equal(0, other.Calls);
    }

    [Fact]
    public async Task It_is_kept_for_an_hour_and_then_renewed()
    {
        await using var site = await MetadataSite.StartAsync("");

        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await site.RequestAndRenewAsync();
        Assert.Equal(1, site.MetadataCalls);
        site.Time.Advance(TimeSpan.FromTicks(1));
        await site.RequestAndRenewAsync();

        Assert.Equal(2, site.MetadataCalls);
    }

    [Fact]
    public async Task What_a_renewal_brings_is_used_from_then_on()
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        site.Metadata = Reply.Json(200, $$"""{"issuer":"{{site.Client.Issuer}}","token_endpoint":"{{other.TokenEndpoint}}"}""");

        await site.RequestAndRenewAsync();
        Assert.Equal(0, other.Calls);
        await site.RequestAsync();

        Assert.Equal(1, other.Calls);
    }

    public static TheoryData<string, RequestDelegate> BadRenewals => new()
    {
        { "trouble", Reply.Status(500) },
        { "gone", Reply.Status(404) },
        { "dropped", Reply.Drop },
        { "garbage", Reply.Json(200, "<html>") },
        { "another issuer", Reply.Json(200, """{"issuer":"https://evil.example","token_endpoint":"https://evil.example/token"}""") },
    };

    [Theory]
    [MemberData(nameof(BadRenewals))]
    public async Task The_last_good_document_stays_where_renewal_fails(string failure, RequestDelegate renewal)
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        site.Metadata = renewal;

        await site.RequestAndRenewAsync();
        Assert.Contains(site.Client.Log.Lines, line => line.StartsWith("Warning 2: Metadata of ", StringComparison.Ordinal));

        // The failing server is left alone for a while, and then asked again.
        var calls = site.MetadataCalls;
        site.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        await site.RequestAndRenewAsync();
        Assert.True(site.MetadataCalls == calls, failure);
        site.Time.Advance(TimeSpan.FromTicks(1));
        await site.RequestAndRenewAsync();
        Assert.True(site.MetadataCalls > calls, failure);
    }

    [Fact]
    public async Task A_renewal_that_hangs_holds_up_nobody_and_is_given_up_after_ten_seconds()
    {
        await using var site = await MetadataSite.StartAsync("");
        await site.RequestAsync();
        site.Time.Advance(TimeSpan.FromHours(1));
        var begun = new TaskCompletionSource();
        site.Metadata = context =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        await site.RequestAsync();
        await begun.Task.WaitAsync(ObservedTime.RealTimeout, TestContext.Current.CancellationToken);
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
    public void Well_known_addresses_are_cut_and_joined_as_text(string origin, string path)
    {
        var trimmed = path.TrimEnd('/');

        Assert.Equal(
            [$"{origin}/.well-known/oauth-authorization-server{trimmed}", $"{origin}{trimmed}/.well-known/openid-configuration"],
            MetadataUrls.Addresses(origin + path));
    }
}
