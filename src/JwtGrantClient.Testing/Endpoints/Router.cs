using System.Collections.Concurrent;
using System.Globalization;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Records each request, routes it to its endpoint and returns the response. The socket and the in-memory handler both call it.</summary>
internal sealed class Router(ServerSettings settings, TokenEndpoint tokenEndpoint, RevocationEndpoint revocation, Metadata metadata)
{
    private readonly RequestLog _requests = new();
    private readonly ConcurrentQueue<ScriptedResponse> _scriptedResponses = new();
    private readonly string _tokenPath = $"{settings.Path}/token", _revocationPath = $"{settings.Path}/revoke",
        _authorizationPath = $"{settings.Path}/authorize";

    // The URLs that are read by GET. RFC 8414 section 3.1 inserts the well-known part before the issuer's path; OpenID Connect Discovery section 4
    // appends it.
    private readonly Dictionary<string, Func<ServerResponse>> _documents = new(StringComparer.Ordinal)
    {
        [$"/.well-known/oauth-authorization-server{settings.Path}"] = () => ServerResponse.Json(200, metadata.CreateDocument()),
        [$"{settings.Path}/.well-known/openid-configuration"] = () => ServerResponse.Json(200, metadata.CreateDocument()),
        [$"{settings.Path}/jwks"] = () => ServerResponse.Json(200, TokenIssuer.CreateKeySet()),
    };

    public IReadOnlyList<RecordedRequest> Requests => _requests.ToList();

    public void Enqueue(ScriptedResponse response) => _scriptedResponses.Enqueue(response);

    public async Task<ServerResponse> HandleAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var record = _requests.Add(request);
        request.Record = record;
        var response = request.Path == _tokenPath && _scriptedResponses.TryDequeue(out var scripted)
            ? await RunAsync(scripted, request, record, cancellationToken).ConfigureAwait(false)
            : Route(request, record);
        response = WithDate(response);
        record.Status = response.Status;
        settings.Options.OnRequest?.Invoke(record);
        return response;
    }

    // The request is validated even if its response is fixed: otherwise a client that sends a jti again after a failure would not be noticed.
    private Task<ServerResponse> RunAsync(
        ScriptedResponse scripted, ServerRequest request, RecordedRequest record, CancellationToken cancellationToken)
    {
        if (!scripted.IsValidationEnabled)
            return scripted.RunAsync(() => tokenEndpoint.Handle(request, record), settings.Options.TimeProvider, cancellationToken);
        var validated = tokenEndpoint.Validate(request, record);
        return scripted.RunAsync(
            () => tokenEndpoint.Complete(validated, request, record), settings.Options.TimeProvider, cancellationToken);
    }

    private ServerResponse Route(ServerRequest request, RecordedRequest record)
    {
        if (request.Path == _tokenPath)
            return tokenEndpoint.Handle(request, record);
        if (request.Path == _revocationPath)
            return revocation.Handle(request, record);
        Func<ServerResponse>? read = _documents.GetValueOrDefault(request.Path) ?? (request.Path == _authorizationPath ? () => AuthorizationEndpoint.Handle(record) : null);
        if (read is null)
            return Refuse(record, RefusedException.InvalidRequest("S00", "RFC 9110 section 15.5.5",
                $"This server has nothing at '{request.Path}'. Its token endpoint is '{settings.TokenEndpoint}'.", 404));
        return request.Method switch
        {
            "GET" => read(),
            // The headers of a response to HEAD are those of a response to GET (RFC 9110 section 9.3.2).
            "HEAD" => WithoutBody(read()),
            _ => Refuse(record, RefusedException.InvalidRequest("S00", "RFC 9110 section 15.5.6",
                $"The method is {request.Method}; expected GET or HEAD.", 405), new KeyValuePair<string, string>("Allow", "GET, HEAD")),
        };
    }

    private static ServerResponse Refuse(
        RecordedRequest record, RefusedException refused, params IEnumerable<KeyValuePair<string, string>> headers)
    {
        record.Refusal = refused.Refusal;
        return ServerResponse.Empty(refused.Refusal.Status, headers);
    }

    private static ServerResponse WithoutBody(ServerResponse response) => response with
    {
        Headers = [.. response.Headers, new("Content-Length", response.Body.Length.ToString(CultureInfo.InvariantCulture))], Body = [],
    };

    // Clients compare the Date header with their own clock, so it has the time of TimeProvider, which a test may control.
    private ServerResponse WithDate(ServerResponse response)
    {
        if (ReferenceEquals(response, ServerResponse.Dropped))
            return response;
        for (var i = 0; i < response.Headers.Count; i++)
            if (response.Headers[i].Key.Equals("Date", StringComparison.OrdinalIgnoreCase))
                return response;
        return response with { Date = settings.Now.ToString("R", CultureInfo.InvariantCulture) };
    }
}
