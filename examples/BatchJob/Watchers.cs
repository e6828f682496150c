using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace BatchJob;

/// <summary>Stands between the token handler and the network, and counts what the API refused.</summary>
internal sealed class UnauthorizedCounter(Tally tally) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            tally.RefusedByApi();
        return response;
    }
}

/// <summary>Tokens that were issued to this job, by the wire's word, not the library's.</summary>
internal sealed class IssuedTokens
{
    private readonly ConcurrentDictionary<string, byte> _values = new();
    private int _responses;

    public int Responses => Volatile.Read(ref _responses);

    public bool Contains(string? authorization) =>
        authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true && _values.ContainsKey(authorization["Bearer ".Length..]);

    public void Add(string value)
    {
        Interlocked.Increment(ref _responses);
        _values.TryAdd(value, 0);
    }
}

/// <summary>Stands before the token endpoint, and takes down the tokens in its answers.</summary>
internal sealed class TokenResponseRecorder(IssuedTokens issued) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Method == HttpMethod.Post && response.IsSuccessStatusCode)
        {
            var body = new Utf8JsonReader(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (JsonElement.TryParseValue(ref body, out var json) && json.Value.TryGetProperty("access_token", out var token))
                issued.Add(token.GetString() ?? "");
        }
        return response;
    }
}
