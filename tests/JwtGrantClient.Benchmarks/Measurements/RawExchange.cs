using System.Security.Cryptography;
using JwtGrantClient.Benchmarks.Contenders;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>The least that an exchange costs: a POST of a form that is made once, its answer read whole, and one bare RSA signature.</summary>
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
        using var client = JwtGrantClientOf(endpoint);
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
        return body.Length > 0 ? _assertion : throw new InvalidOperationException("The endpoint answered nothing.");
    }

    public void Dispose()
    {
        _http.Dispose();
        _rsa.Dispose();
    }

    private static Ours JwtGrantClientOf(Uri endpoint) => new(endpoint, Contender.Sockets());
}
