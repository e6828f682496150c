using System.Buffers;
using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Each response is disposed, so that its connection is free, and the buffers that held it are cleared.</summary>
public sealed class ResponseDisposalTests
{
    private const string Issuer = "https://as.example.com";
    private const string Token = """{"access_token":"secret-of-the-response","token_type":"Bearer","expires_in":60}""";

    private readonly List<TrackedResponse> _responses = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Responses =>
        ["token", "OAuth error", "server error", "redirect", "followed redirect", "not a token", "too large", "unknown coding", "cut off"];

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task A_response_of_the_token_endpoint_is_disposed(string kind)
    {
        var options = TestClient.Options();
        options.Retry.MaxRetryAttempts = 0;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(_ => Add(kind switch
        {
            "token" => new(HttpStatusCode.OK, Token),
            "OAuth error" => new(HttpStatusCode.BadRequest, """{"error":"invalid_grant"}"""),
            "server error" => new(HttpStatusCode.ServiceUnavailable, ""),
            "redirect" => new(HttpStatusCode.TemporaryRedirect, ""),
            "followed redirect" => new(HttpStatusCode.OK, Token) { RequestMessage = new(HttpMethod.Get, "https://other.example.com/token") },
            "not a token" => new(HttpStatusCode.OK, "<html>"),
            "too large" => new(HttpStatusCode.OK, new string(' ', ResponseBodyReader.MaximumBytes + 1)),
            "unknown coding" => new(HttpStatusCode.OK, Token, coding: "br"),
            _ => new(HttpStatusCode.OK, Token, coding: "gzip"),
        })));

        _ = await Record.ExceptionAsync(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.True(Assert.Single(_responses).IsDisposed);
    }

    [Fact]
    public async Task The_response_that_demands_a_DPoP_nonce_is_disposed_before_the_next_attempt()
    {
        var options = TestClient.Options();
        options.DPoP.Enabled = true;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(_ =>
        {
            Assert.All(_responses, response => Assert.True(response.IsDisposed));
            if (_responses.Count > 0)
                return Add(new(HttpStatusCode.OK, Token.Replace("Bearer", "DPoP", StringComparison.Ordinal)));
            var demand = Add(new(HttpStatusCode.BadRequest, """{"error":"use_dpop_nonce"}"""));
            demand.Headers.Add("DPoP-Nonce", "nonce-1");
            return demand;
        }));

        await tokens.GetTokenAsync(Cancellation);

        Assert.Equal([true, true], _responses.Select(response => response.IsDisposed));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(503)]
    [InlineData(0)]
    public async Task A_response_to_a_metadata_request_is_disposed(int status)
    {
        var options = TestClient.Options();
        (options.TokenEndpoint, options.Issuer, options.Retry.MaxRetryAttempts) = (null, Issuer, 0);
        const string Metadata = $$"""{"issuer":"{{Issuer}}","token_endpoint":"{{Issuer}}/token"}""";
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(request => Add(
            request.Method == HttpMethod.Post ? new(HttpStatusCode.OK, Token)
            : status == 0 ? new(HttpStatusCode.OK, Metadata) { RequestMessage = new(HttpMethod.Get, "https://other.example.com/metadata") }
            : new((HttpStatusCode)status, Metadata))));

        _ = await Record.ExceptionAsync(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(status switch { 200 or 404 => 2, _ => 1 }, _responses.Count);
        Assert.All(_responses, response => Assert.True(response.IsDisposed));
    }

    [Fact]
    public async Task A_response_to_a_revocation_request_is_disposed()
    {
        var options = TestClient.Options();
        options.RevocationEndpoint = $"{Issuer}/revoke";
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(_ => Add(new(HttpStatusCode.OK, ""))));

        await tokens.Revocation.RevokeTokenAsync("token", cancellationToken: Cancellation);

        Assert.True(Assert.Single(_responses).IsDisposed);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(200_000)]
    [InlineData(ResponseBodyReader.MaximumBytes + 10)]
    public async Task The_buffers_that_held_a_response_are_cleared(int length)
    {
        // All of it runs on this thread, whose pool hands out the buffers that it got back last.
        var body = Encoding.ASCII.GetBytes(new string('S', length));
        using var response = new HttpResponseMessage { Content = new ByteArrayContent(body) };

        var reading = ResponseBodyReader.ReadAsync(response, Cancellation);

        Assert.True(reading.IsCompleted);
        _ = await Record.ExceptionAsync(async () => await reading);
        for (var size = 4096; size <= 2 * ResponseBodyReader.MaximumBytes; size *= 2)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(size);
            Assert.False(buffer.AsSpan().IndexOf("SSSS"u8) >= 0, $"A buffer of {buffer.Length} bytes was not cleared.");
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private TrackedResponse Add(TrackedResponse response)
    {
        _responses.Add(response);
        return response;
    }

    private sealed class TrackedResponse : HttpResponseMessage
    {
        public TrackedResponse(HttpStatusCode status, string body, string? coding = null)
            : base(status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (coding is not null)
                Content.Headers.ContentEncoding.Add(coding);
        }

        public bool IsDisposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
