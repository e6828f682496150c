using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace BatchJob.Demo;

/// <summary>Counts the responses with the status 401. It is between the token handler and the network.</summary>
internal sealed class UnauthorizedCounter(JobStatistics statistics) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            statistics.OnUnauthorized();
        return response;
    }
}

/// <summary>The tokens that were issued to this job, as the token endpoint's responses show them.</summary>
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

/// <summary>Records the tokens in the responses of the token endpoint.</summary>
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
