using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>A client of a strict server in memory. It creates its assertions before its requests are measured.</summary>
internal sealed class StrictServerClient : IAsyncDisposable
{
    private readonly JwtGrantTokenSource _client;
    private readonly HttpMessageInvoker _handler;
    private readonly HttpClient _http;

    public StrictServerClient(StrictAuthorizationServer server, AsymmetricAlgorithm key, TimeProvider? time = null)
    {
        var options = TestData.Options(key.ExportPkcs8PrivateKeyPem());
        server.RegisterClient(new()
        {
            Id = options.ClientId!, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(), KeyId = options.SigningKey.KeyId,
        });
        _client = JwtGrantTokenSource.Create(options, timeProvider: time);
        (_handler, _http) = (new(server.CreateHandler()), new(server.CreateHandler()));
    }

    public async Task<string> CreateAssertionAsync() => (await _client.Assertions.GetAssertionAsync()).Value;

    public async Task<HttpRequestMessage> CreateRequestAsync() =>
        new(HttpMethod.Post, TestData.TokenEndpoint) { Content = CreateForm(await CreateAssertionAsync()) };

    /// <summary>Sends a request to the handler of the server.</summary>
    public object Send(HttpRequestMessage request) =>
        _handler.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult().EnsureSuccessStatusCode();

    /// <summary>Sends a form with HttpClient.</summary>
    public object Post(string assertion) =>
        _http.PostAsync(TestData.TokenEndpoint, CreateForm(assertion)).GetAwaiter().GetResult().EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _handler.Dispose();
        await _client.DisposeAsync();
    }

    private static FormUrlEncodedContent CreateForm(string assertion) => new(
    [
        new("grant_type", "client_credentials"),
        new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        new("client_assertion", assertion),
    ]);
}
