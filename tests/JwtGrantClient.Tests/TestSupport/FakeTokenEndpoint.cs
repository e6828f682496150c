using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Net;
using System.Text;
using System.Web;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>An in-memory token endpoint that issues token-1, token-2 and so on, and records the form of each request.</summary>
internal sealed class FakeTokenEndpoint
{
    private readonly ConcurrentQueue<NameValueCollection> _forms = new();
    private int _number;

    public FakeTokenEndpoint() => Handler = new StubHandler(RespondAsync);

    public StubHandler Handler { get; }

    /// <summary>The number of token requests.</summary>
    public int Requests => _forms.Count;

    public IReadOnlyList<NameValueCollection> Forms => [.. _forms];

    /// <summary>The lifetime of the tokens, in seconds.</summary>
    public int Lifetime { get; init; } = 3600;

    /// <summary>The type of the tokens.</summary>
    public string TokenType { get; init; } = "Bearer";

    /// <summary>Returns the response to the request with the given number, or null for a token response.</summary>
    public Func<int, HttpResponseMessage?> ResponseOverride { get; set; } = _ => null;

    /// <summary>Delays every response until this task completes.</summary>
    public Task DelayResponseUntil { get; set; } = Task.CompletedTask;

    /// <summary>Runs when a request has arrived.</summary>
    public Action OnRequest { get; set; } = () => { };

    public static HttpResponseMessage ErrorResponse(string error) => Json(HttpStatusCode.BadRequest, $$"""{"error":"{{error}}"}""");

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _forms.Enqueue(HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken)));
        var number = Interlocked.Increment(ref _number);
        OnRequest();
        await DelayResponseUntil.WaitAsync(cancellationToken);
        return ResponseOverride(number)
            ?? Json(HttpStatusCode.OK, $$"""{"access_token":"token-{{number}}","token_type":"{{TokenType}}","expires_in":{{Lifetime}}}""");
    }
}
