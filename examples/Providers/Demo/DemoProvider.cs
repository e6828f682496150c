using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;

namespace Providers.Demo;

/// <summary>A provider with its token endpoint and its API.</summary>
/// <param name="options">The dialect of the provider for the strict server that verifies its token requests.</param>
internal abstract class DemoProvider(StrictAuthorizationServerOptions? options = null) : IAsyncDisposable
{
    /// <summary>The number of tokens that the provider issued.</summary>
    public int Tokens { get; private set; }

    /// <summary>The number of API requests with a valid token.</summary>
    public int AcceptedCalls { get; private set; }

    /// <summary>The number of tokens that the clients of this provider need.</summary>
    public virtual int ExpectedTokens => 1;

    protected DemoKey Key { get; } = new();

    protected StrictAuthorizationServer Server { get; } = StrictAuthorizationServer.CreateInMemory(options);

    /// <summary>Returns whether the provider has the host.</summary>
    public abstract bool HasHost(string host);

    /// <summary>Registers the key of the user at the provider, and writes the files that the user has.</summary>
    public abstract void Register(string folder);

    public abstract Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        Key.Dispose();
        return Server.DisposeAsync();
    }

    /// <summary>Lets the strict server verify a token request, whatever the path of the provider's token endpoint is, and edits its token response.</summary>
    protected async Task<HttpResponseMessage> IssueAsync(HttpRequestMessage request, CancellationToken cancellationToken, Action<JsonObject>? edit = null)
    {
        using var http = new HttpMessageInvoker(Server.CreateHandler());
        using var copy = new HttpRequestMessage(request.Method, Server.TokenEndpoint) { Content = request.Content };
        var response = await http.SendAsync(copy, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var token = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!.AsObject();
            edit?.Invoke(token);
            return Issued(token);
        }
    }

    /// <summary>Returns a token response.</summary>
    protected HttpResponseMessage Issued(JsonObject token, HttpStatusCode status = HttpStatusCode.OK)
    {
        Tokens++;
        return Json(status, token);
    }

    /// <summary>Responds as an API that validates the token of the request.</summary>
    protected HttpResponseMessage Protect(HttpRequestMessage request, string scope, JsonObject content)
    {
        var check = Server.CheckAccessToken(request.Headers.Authorization?.ToString(), scope);
        if (check.IsValid)
            return Accepted(content);
        var response = Json((HttpStatusCode)check.Status, new() { ["error"] = check.WwwAuthenticate });
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", check.WwwAuthenticate);
        return response;
    }

    /// <summary>Returns the response of an API to a valid token.</summary>
    protected HttpResponseMessage Accepted(JsonObject content)
    {
        AcceptedCalls++;
        return Json(HttpStatusCode.OK, content);
    }

    protected static HttpResponseMessage Json(HttpStatusCode status, JsonObject content) =>
        new(status) { Content = new StringContent(content.ToJsonString(), Encoding.UTF8, "application/json") };
}
