using System.Net;
using System.Text.Json;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>What the server answered, and why by its own record.</summary>
internal sealed record TestResponse(HttpStatusCode Status, string Body, HttpResponseMessage Response, Refusal? Refusal)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? this[string member] => Json.TryGetProperty(member, out var value) ? value.ToString() : null;

    public string AccessToken => this["access_token"] ?? throw new InvalidOperationException($"There is no token: {Body}");

    public TestResponse ShouldBeGranted(string tokenType = "Bearer")
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status} {Body}");
        Assert.Null(Refusal);
        Assert.Equal(tokenType, this["token_type"]);
        return this;
    }

    /// <summary>Refused as the use demands (S17): by this rule, with its clause, and not to be kept by a cache.</summary>
    public TestResponse ShouldBeRefused(AssertionRole use, string rule) =>
        use == AssertionRole.Grant ? ShouldBeRefused(400, "invalid_grant", rule) : ShouldBeRefused(401, "invalid_client", rule);

    public TestResponse ShouldBeRefused(int status, string error, string rule)
    {
        Assert.True((int)Status == status && this["error"] == error && Refusal?.Rule == rule, $"{(int)Status} {Body} by {Refusal?.Rule}");
        Assert.NotEmpty(Refusal!.Clause);
        Assert.Contains(rule, this["error_description"], StringComparison.Ordinal);
        Assert.True(Response.Headers.CacheControl?.NoStore, "A refusal may be cached.");
        Assert.Equal("no-cache", Response.Headers.Pragma.ToString());
        Assert.Equal("application/json", Response.Content.Headers.ContentType?.MediaType);
        return this;
    }

    public TestResponse Saying(string part)
    {
        Assert.Contains(part, Refusal?.Explanation ?? "", StringComparison.Ordinal);
        return this;
    }
}
