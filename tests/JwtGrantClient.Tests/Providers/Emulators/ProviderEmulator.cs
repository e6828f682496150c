using System.Collections.Specialized;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers.Emulators;

/// <summary>
/// The token endpoint of a provider, emulated from its documentation: the rules of the provider in front of the strict server, which verifies the signatures,
/// times and ids of the assertions. The first broken rule determines the response.
/// </summary>
/// <param name="server">Verifies the requests that break no rule, and issues their tokens; null for a server with <see cref="Respond"/>.</param>
/// <param name="rules">The rules of the provider.</param>
internal sealed class ProviderEmulator(StrictAuthorizationServer? server, params EmulatedRule[] rules)
{
    private readonly List<EmulatedRequest> _requests = [];

    /// <summary>The requests in the order of arrival.</summary>
    public IReadOnlyList<EmulatedRequest> Requests => _requests;

    /// <summary>The name of the rule that the last request broke; null if it broke none.</summary>
    public string? BrokenRule { get; private set; }

    /// <summary>Changes the token response to the form of the provider.</summary>
    public Action<JsonObject, EmulatedRequest> EditResponse { get; init; } = (_, _) => { };

    /// <summary>Words a refusal of the strict server as the provider does: the id of the broken rule, such as S12, becomes a response.</summary>
    public Func<Refusal, EmulatedResponse>? Refuse { get; init; }

    /// <summary>Responds to a request that breaks no rule, for a server that is not one of OAuth.</summary>
    public Func<EmulatedRequest, EmulatedResponse>? Respond { get; init; }

    /// <summary>Returns a server that refuses each request in the same way.</summary>
    public static ProviderEmulator Refusing(EmulatedResponse response) => new(server: null) { Respond = _ => response };

    public StubHandler CreateHandler() => new(RespondAsync);

    private async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var received = new EmulatedRequest(request, body);
        _requests.Add(received);
        var broken = rules.FirstOrDefault(rule => rule.IsBroken(received));
        BrokenRule = broken?.Name;
        if (broken is not null)
            return broken.Response.ToMessage();
        if (Respond is not null)
            return Respond(received).ToMessage();
        using var http = new HttpMessageInvoker(server!.CreateHandler());
        using var copy = new HttpRequestMessage(request.Method, server.TokenEndpoint) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        copy.Content.Headers.ContentType!.CharSet = null;
        using var response = await http.SendAsync(copy, cancellationToken);
        var json = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return (Refuse is not null && server.Requests[^1].Refusal is { } refusal ? Refuse(refusal) : new((int)response.StatusCode, json)).ToMessage();
        var token = JsonNode.Parse(json)!.AsObject();
        EditResponse(token, received);
        return new EmulatedResponse(200, token.ToJsonString()).ToMessage();
    }
}

/// <summary>A request that an emulated provider received.</summary>
internal sealed class EmulatedRequest(HttpRequestMessage request, string body)
{
    public HttpMethod Method { get; } = request.Method;

    public string Url { get; } = request.RequestUri!.AbsoluteUri;

    public string Body => body;

    public string? Authorization { get; } = request.Headers.Authorization?.ToString();

    /// <summary>The JWT that is the bearer credential; null if there is none.</summary>
    public Jwt? BearerJwt => Authorization is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var credential] && credential.Count(c => c == '.') == 2 ? Jwt.Parse(credential) : null;

    public string Accept { get; } = request.Headers.Accept.ToString();

    public string? Header(string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    public string UserAgent { get; } = request.Headers.UserAgent.ToString();

    /// <summary>The fields of the form; empty for another body.</summary>
    public NameValueCollection Form { get; } = request.Content?.Headers.ContentType?.MediaType == "application/x-www-form-urlencoded" ? HttpUtility.ParseQueryString(body) : [];

    /// <summary>The body as JSON; null for another body.</summary>
    public JsonObject? Json { get; } = request.Content?.Headers.ContentType?.MediaType == "application/json" && body.Length > 0 ? JsonNode.Parse(body)!.AsObject() : null;

    /// <summary>The assertion that is the grant; null if there is none.</summary>
    public Jwt? Assertion => Form["assertion"] is { } jwt ? Jwt.Parse(jwt) : null;

    /// <summary>The DPoP proof; null if there is none.</summary>
    public Jwt? Proof { get; } = request.Headers.TryGetValues("DPoP", out var proofs) ? Jwt.Parse(proofs.Single()) : null;

    public Jwt? ClientAssertion => Form["client_assertion"] is { } jwt ? Jwt.Parse(jwt) : null;

    /// <summary>The lifetime of an assertion in seconds, from iat to exp.</summary>
    public static long Lifetime(Jwt assertion) => assertion.Payload.GetProperty("exp").GetInt64() - assertion.Payload.GetProperty("iat").GetInt64();
}

/// <summary>A rule of a provider.</summary>
/// <param name="Name">The rule: what the documentation says.</param>
/// <param name="IsBroken">Returns whether a request breaks it.</param>
/// <param name="Response">The response, as in the documentation.</param>
internal sealed record EmulatedRule(string Name, Func<EmulatedRequest, bool> IsBroken, EmulatedResponse Response);

/// <summary>A response of a provider.</summary>
internal sealed record EmulatedResponse(int Status, string Body)
{
    /// <summary>The nonce for the next DPoP proof; null for none.</summary>
    public string? Nonce { get; init; }

    public static EmulatedResponse OAuth(string error, string description, int status = 400) =>
        new(status, new JsonObject { ["error"] = error, ["error_description"] = description }.ToJsonString());

    /// <summary>An error of a Google API (https://google.aip.dev/193).</summary>
    public static EmulatedResponse Google(int code, string status, string message) =>
        new(code, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status } }.ToJsonString());

    public HttpResponseMessage ToMessage()
    {
        var message = new HttpResponseMessage((HttpStatusCode)Status) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
        if (Nonce is not null)
            message.Headers.Add("DPoP-Nonce", Nonce);
        return message;
    }
}
