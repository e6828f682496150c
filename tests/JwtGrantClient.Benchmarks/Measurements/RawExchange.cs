using System.Security.Cryptography;
using JwtGrantClient.Benchmarks.Clients;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>The minimum work of an exchange: a POST of a form with a prepared assertion, reading the whole response, and one RSA signature.</summary>
internal sealed class RawExchange : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _endpoint;
    private readonly RSA _rsa = RSA.Create();
    private readonly byte[] _input = RandomNumberGenerator.GetBytes(300);
    private readonly string _assertion;

    public RawExchange(Uri endpoint, HttpMessageHandler handler)
    {
        (_endpoint, _http) = (endpoint, new(handler));
        _rsa.ImportFromPem(TestData.RsaPem);
        using var client = CreateClient(endpoint);
        _assertion = client.Tokens.Assertions.GetAssertionAsync().AsTask().GetAwaiter().GetResult().Value;
    }

    public string Name => "raw POST + bare RSA signature";

    public async ValueTask<string> Exchange()
    {
        _rsa.SignData(_input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "client_credentials"),
                new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                new("client_assertion", _assertion),
            ]),
        };
        using var response = await _http.SendAsync(request, CancellationToken.None);
        var body = await response.Content.ReadAsByteArrayAsync();
        return body.Length > 0 ? _assertion : throw new InvalidOperationException("The endpoint returned an empty response.");
    }

    public void Dispose()
    {
        _http.Dispose();
        _rsa.Dispose();
    }

    private static ThisLibrary CreateClient(Uri endpoint) => new(endpoint, TokenClient.CreateHandler());
}
