using System.Net;
using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Token requests as JSON, and errors that are objects, as some providers have them.</summary>
public sealed class JsonRequestTests
{
    private const string TokenJson = """{"access_token":"t","token_type":"Bearer","expires_in":3600}""";

    private readonly List<(string? Type, JsonElement Body)> _received = [];
    private Func<JsonElement, HttpResponseMessage> _respond = _ => new(HttpStatusCode.OK) { Content = new StringContent(TokenJson) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_fields_are_members_of_a_JSON_object()
    {
        await using var tokens = Create();

        await tokens.GetTokenAsync(
            new TokenRequest
            {
                Scope = "read", Resource = ["https://a.example.com", "https://b.example.com"],
                AuthorizationDetails = """[{"type":"models"}]""", Parameters = new Dictionary<string, string> { ["organization"] = "o \"1\" \u00e9" },
            },
            Cancellation);

        var (type, body) = Assert.Single(_received);
        Assert.Equal("application/json", type);
        Assert.Equal(
            ["grant_type", "assertion", "scope", "resource", "authorization_details", "organization", "client_id"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("urn:ietf:params:oauth:grant-type:jwt-bearer", "read", "o \"1\" \u00e9"),
            (body.GetProperty("grant_type").GetString(), body.GetProperty("scope").GetString(), body.GetProperty("organization").GetString()));
        Assert.Equal("""["https://a.example.com","https://b.example.com"]""", body.GetProperty("resource").GetRawText());
        Assert.Equal("models", body.GetProperty("authorization_details")[0].GetProperty("type").GetString());
        Assert.Equal(3, body.GetProperty("assertion").GetString()!.Split('.').Length);
    }

    [Fact]
    public async Task Each_retry_has_a_new_assertion()
    {
        await using var tokens = Create();
        _respond = _ => _received.Count == 1 ? new(HttpStatusCode.BadGateway) : new(HttpStatusCode.OK) { Content = new StringContent(TokenJson) };

        await tokens.GetTokenAsync(Cancellation);

        Assert.Equal(2, _received.Select(request => request.Body.GetProperty("assertion").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task The_body_cannot_be_sent_twice_by_a_handler()
    {
        using var last = new StubHandler(async (request, cancellationToken) => await RespondAsync(request, cancellationToken));
        await using var tokens = Create(new SendTwice { InnerHandler = last });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("assertion_replay_prevented", 1), (error.Code, _received.Count));
    }

    [Fact]
    public async Task An_assertion_that_the_server_echoes_is_masked_and_the_error_says_what_was_sent()
    {
        await using var tokens = Create();
        _respond = body => new(HttpStatusCode.BadRequest)
        {
            Content = new StringContent(JsonSerializer.Serialize(new { error = "invalid_grant", error_description = $"not valid: {body.GetProperty("assertion").GetString()}" })),
        };

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.DoesNotContain(_received[0].Body.GetProperty("assertion").GetString()!, error.ToString(), StringComparison.Ordinal);
        Assert.Contains("The client sent: a token request, ClientAuthentication None, grant_type 'urn:ietf:params:oauth:grant-type:jwt-bearer'", error.Message, StringComparison.Ordinal);
        Assert.Contains("assertion: iss 'batch-worker'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"invalid_request_error","message":"The issuer is not registered."}}""", "invalid_request_error", "The issuer is not registered.")]
    [InlineData("""{"error":{"code":"invalid_grant","message":"Expired."}}""", "invalid_grant", "Expired.")]
    [InlineData("""{"error":{"code":400,"message":"Bad subject.","status":"INVALID_ARGUMENT"}}""", "INVALID_ARGUMENT", "Bad subject.")]
    [InlineData("""{"error":{"message":"Only a message."}}""", "unreadable_error", "Only a message.")]
    [InlineData("""{"error":{}}""", "unreadable_error", null)]
    public async Task An_error_that_is_an_object_keeps_its_code_and_its_message(string json, string code, string? message)
    {
        await using var tokens = Create();
        _respond = _ => new(HttpStatusCode.BadRequest) { Content = new StringContent(json) };

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("token_request_refused", code, message, 1), (error.Code, error.Error, error.ErrorDescription, _received.Count));
        Assert.Contains(message is null ? "unreadable_error" : $"The server says: {message}", error.Message, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonElement.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
        _received.Add((request.Content.Headers.ContentType?.ToString(), body));
        return _respond(body);
    }

    private JwtGrantTokenSource Create(HttpMessageHandler? handler = null)
    {
        var options = TestClient.Options();
        (options.RequestEncoding, options.Retry.Delay) = (RequestEncoding.Json, TimeSpan.FromMilliseconds(10));
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler ?? new StubHandler(RespondAsync));
    }

    private sealed class SendTwice : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
