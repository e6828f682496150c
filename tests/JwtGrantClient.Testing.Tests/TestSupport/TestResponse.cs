using System.Net;
using System.Text.Json;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>A response of the server, with the refusal that the server recorded.</summary>
internal sealed record TestResponse(HttpStatusCode Status, string Body, HttpResponseMessage Response, Refusal? Refusal)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string? this[string member] => Json.TryGetProperty(member, out var value) ? value.ToString() : null;

    public string AccessToken => this["access_token"] ?? throw new InvalidOperationException($"The response contains no token: {Body}");

    public TestResponse ShouldBeGranted(string tokenType = "Bearer")
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status} {Body}");
        Assert.Null(Refusal);
        Assert.Equal(tokenType, this["token_type"]);
        return this;
    }

    /// <summary>Asserts that the assertion is refused by the rule, with the error of its role (RFC 7523 sections 3.1 and 3.2).</summary>
    public TestResponse ShouldBeRefused(AssertionRole role, string rule) =>
        role == AssertionRole.Grant ? ShouldBeRefused(400, "invalid_grant", rule) : ShouldBeRefused(401, "invalid_client", rule);

    /// <summary>Asserts that the request is refused by the rule and that the response must not be cached.</summary>
    public TestResponse ShouldBeRefused(int status, string error, string rule)
    {
        Assert.True((int)Status == status && this["error"] == error && Refusal?.Rule == rule, $"{(int)Status} {Body} by {Refusal?.Rule}");
        Assert.NotEmpty(Refusal!.Clause);
        Assert.True(status != 401 || Response.Headers.WwwAuthenticate.Count == 1, "The 401 response has no challenge (RFC 9110 section 15.5.2).");
        Assert.Contains(rule, this["error_description"], StringComparison.Ordinal);
        Assert.True(Response.Headers.CacheControl?.NoStore, "The response has no Cache-Control: no-store.");
        Assert.Equal("no-cache", Response.Headers.Pragma.ToString());
        Assert.Equal("application/json", Response.Content.Headers.ContentType?.MediaType);
        return this;
    }

    /// <summary>Asserts that the explanation of the refusal contains a text.</summary>
    public TestResponse WithExplanation(string text)
    {
        Assert.Contains(text, Refusal?.Explanation ?? "", StringComparison.Ordinal);
        return this;
    }
}
