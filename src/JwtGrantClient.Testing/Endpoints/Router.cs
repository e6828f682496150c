using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>The core of the server, from request to response (open first): sockets and memory both end here.</summary>
internal sealed class Router(ServerSettings terms, TokenEndpoint tokenEndpoint, RevocationEndpoint revocation, Metadata metadata)
{
    /// <summary>How many requests are remembered: a server by hand may run for days.</summary>
    public const int Recorded = 10_000;

    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ConcurrentQueue<ScriptedResponse> _script = new();

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public void Enqueue(ScriptedResponse response) => _script.Enqueue(response);

    public async Task<ServerResponse> AnswerAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var record = new RecordedRequest(
            request.Method, request.Path, request.Query, request.Headers, Encoding.UTF8.GetString(request.Body),
            FormReader.TryDecode(request.Body, out _) ?? []);
        _requests.Enqueue(record);
        while (_requests.Count > Recorded)
            _requests.TryDequeue(out _);
        var response = request.Path == $"{terms.Path}/token" && _script.TryDequeue(out var scripted)
            ? await scripted.RunAsync(() => Route(request, record), terms.Options.TimeProvider, cancellationToken).ConfigureAwait(false)
            : Route(request, record);
        response = Dated(response);
        record.Status = response.Status;
        terms.Options.OnRequest?.Invoke(record);
        return response;
    }

    private ServerResponse Route(ServerRequest request, RecordedRequest record)
    {
        if (request.Path == $"{terms.Path}/token")
            return tokenEndpoint.Answer(request, record);
        if (request.Path == $"{terms.Path}/revoke")
            return revocation.Answer(request, record);
        // RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery section 4 behind it.
        var isMetadata = request.Path == $"/.well-known/oauth-authorization-server{terms.Path}"
            || request.Path == $"{terms.Path}/.well-known/openid-configuration";
        if (!isMetadata && request.Path != $"{terms.Path}/jwks")
            return ServerResponse.Empty(404);
        return request.Method == "GET"
            ? ServerResponse.Json(200, isMetadata ? metadata.Document() : TokenIssuer.PublicKeys())
            : ServerResponse.Empty(405, new KeyValuePair<string, string>("Allow", "GET"));
    }

    // By the server's own clock, which a test may have set: clients compare it with theirs.
    private ServerResponse Dated(ServerResponse response) =>
        ReferenceEquals(response, ServerResponse.Dropped)
            || response.Headers.Any(header => header.Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
            ? response
            : response with { Headers = [.. response.Headers, new("Date", terms.Now.ToString("R", CultureInfo.InvariantCulture))] };
}
