using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Judging;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>The core of the server, from request to response (open first): sockets and memory both end here.</summary>
internal sealed class Router(ServerTerms terms, TokenEndpoint tokenEndpoint)
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ConcurrentQueue<ScriptedResponse> _script = new();
    private readonly string _issuerPath = PathOf(terms.Issuer);

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public void Enqueue(ScriptedResponse response) => _script.Enqueue(response);

    public async Task<ServerResponse> AnswerAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var record = new RecordedRequest(
            request.Method, request.Path, request.Query, request.Headers, Encoding.UTF8.GetString(request.Body), FormReader.Fields(request.Body));
        _requests.Enqueue(record);
        var response = request.Path == $"{_issuerPath}/token" && _script.TryDequeue(out var scripted)
            ? await scripted.Run(() => Route(request, record), terms.Options.TimeProvider, cancellationToken).ConfigureAwait(false)
            : Route(request, record);
        record.Status = response.Status;
        terms.Options.OnRequest?.Invoke(record);
        return response;
    }

    private ServerResponse Route(ServerRequest request, RecordedRequest record)
    {
        if (request.Path == $"{_issuerPath}/token")
            return tokenEndpoint.Answer(request, record);
        var isMetadata = request.Path == $"/.well-known/oauth-authorization-server{_issuerPath}" || request.Path == $"{_issuerPath}/.well-known/openid-configuration";
        if (!isMetadata && request.Path != $"{_issuerPath}/jwks")
            return ServerResponse.Empty(404);
        return request.Method == "GET" ? ServerResponse.Json(200, isMetadata ? Metadata() : TokenIssuer.PublicKeys()) : ServerResponse.Empty(405);
    }

    // RFC 8414 section 2; the issuer is spelt exactly as it was set (S19).
    private JsonObject Metadata() => new()
    {
        ["issuer"] = terms.Issuer,
        ["token_endpoint"] = terms.TokenEndpoint,
        ["jwks_uri"] = terms.JwksUri,
        ["grant_types_supported"] = Strings(TokenEndpoint.GrantTypes),
        ["token_endpoint_auth_methods_supported"] = Strings(["private_key_jwt"]),
        ["token_endpoint_auth_signing_alg_values_supported"] = Strings(VerificationAlgorithm.All.Select(algorithm => algorithm.Name)),
        ["response_types_supported"] = Strings(["code"]),
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => JsonValue.Create(value))]);

    private static string PathOf(string issuer)
    {
        var path = issuer.IndexOf('/', issuer.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? "" : issuer[path..].TrimEnd('/');
    }
}
