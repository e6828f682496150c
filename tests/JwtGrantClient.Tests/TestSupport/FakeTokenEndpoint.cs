using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Net;
using System.Text;
using System.Web;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A token endpoint in memory: it issues token-1, token-2 and so on, and keeps every form that it was sent.</summary>
internal sealed class FakeTokenEndpoint
{
    private readonly ConcurrentQueue<NameValueCollection> _forms = new();

    public FakeTokenEndpoint() => Handler = new StubHandler(RespondAsync);

    public StubHandler Handler { get; }

    /// <summary>How many token requests came.</summary>
    public int Requests => _forms.Count;

    public IReadOnlyList<NameValueCollection> Forms => [.. _forms];

    /// <summary>The life of the tokens, in seconds.</summary>
    public int Lifetime { get; init; } = 3600;

    /// <summary>Answers in place of a token, where it returns a response.</summary>
    public Func<int, HttpResponseMessage?> ResponseOverride { get; set; } = _ => null;

    /// <summary>Holds every answer back until it is complete.</summary>
    public Task DelayResponseUntil { get; set; } = Task.CompletedTask;

    /// <summary>Runs when a request has come.</summary>
    public Action OnRequest { get; set; } = () => { };

    public static HttpResponseMessage ErrorResponse(string error) => Json(HttpStatusCode.BadRequest, $$"""{"error":"{{error}}"}""");

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _forms.Enqueue(HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken)));
        var number = _forms.Count;
        OnRequest();
        await DelayResponseUntil.WaitAsync(cancellationToken);
        return ResponseOverride(number)
            ?? Json(HttpStatusCode.OK, $$"""{"access_token":"token-{{number}}","token_type":"Bearer","expires_in":{{Lifetime}}}""");
    }
}
