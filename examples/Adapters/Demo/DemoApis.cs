using System.Net;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient;
using JwtGrantClient.Testing;

namespace Adapters.Demo;

/// <summary>
/// The strict server and the four APIs in this process. The clients use the real addresses of the APIs, and <see cref="CreateHandler"/> takes the place of
/// the network. Each API validates the token with the server.
/// </summary>
internal sealed class DemoApis : IAsyncDisposable
{
    public const string VaultScope = "https://vault.azure.net/.default", StorageScope = "https://www.googleapis.com/auth/devstorage.read_only";
    public const string ModelScope = "https://ai.azure.com/.default";

    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = "https://as.example.com" });
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public DemoApis() => _server.RegisterClient(new() { Id = "worker", PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem() });

    public int TokensIssued => _server.TokensIssued;

    /// <summary>The hosts whose APIs accepted a request, in the order of the requests.</summary>
    public List<string> Accepted { get; } = [];

    /// <summary>The number of requests with a token that an API rejected.</summary>
    public int Rejected { get; private set; }

    /// <summary>A client of any provider is used in the same way; see docs/providers.</summary>
    public JwtGrantTokenSource CreateTokens()
    {
        var options = new JwtGrantOptions
        {
            Issuer = _server.Issuer,
            TokenEndpoint = _server.TokenEndpoint,
            ClientId = "worker",
            Grant = GrantType.ClientCredentials,
            ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
            Scope = StorageScope,
        };
        options.SigningKey.Text = _key.ExportPkcs8PrivateKeyPem();
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: _server.CreateHandler());
    }

    public HttpMessageHandler CreateHandler() => new Network(this);

    /// <summary>Revokes all tokens, so that the APIs reject those that the clients have.</summary>
    public void RevokeAll() => _server.RevokeAll();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private HttpResponseMessage Respond(HttpRequestMessage request)
    {
        var host = request.RequestUri!.Host;
        var (scope, content) = host switch
        {
            "contoso.vault.azure.net" => (VaultScope, """{"value":"s3cret","id":"https://contoso.vault.azure.net/secrets/database/1","attributes":{"enabled":true}}"""),
            "storage.googleapis.com" => (StorageScope, """{"kind":"storage#object","bucket":"reports","name":"2026.pdf","size":"1024"}"""),
            "contoso.openai.azure.com" => (ModelScope, """{"id":"1","object":"chat.completion","created":1790000000,"model":"gpt-5","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"""),
            "api.anthropic.com" => (null, """{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"""),
            _ => throw new HttpRequestException($"The demo has no host {host}."),
        };
        var check = _server.CheckAccessToken(request.Headers.Authorization?.ToString(), scope);
        if (check.IsValid)
            Accepted.Add(host);
        else if (request.Headers.Authorization is not null)
            Rejected++;
        var response = new HttpResponseMessage((HttpStatusCode)check.Status) { Content = new StringContent(check.IsValid ? content : "{}", Encoding.UTF8, "application/json") };
        if (!check.IsValid)
            // A key vault says where tokens come from and which API they are for.
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer authorization=\"https://login.microsoftonline.com/contoso\", resource=\"https://vault.azure.net\"");
        return response;
    }

    private sealed class Network(DemoApis apis) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => apis.Respond(request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(apis.Respond(request));
    }
}
