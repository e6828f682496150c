using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>A typical handwritten cache: two fields, a semaphore, and a margin of one minute.</summary>
internal sealed class HandRolled : TokenClient
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _lock = new(1);
    private readonly RSA _rsa = RSA.Create();
    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private string? _token;
    private DateTimeOffset _expires;

    public HandRolled(Uri endpoint, HttpMessageHandler handler)
    {
        (_endpoint, _http) = (endpoint, new(handler));
        _rsa.ImportFromPem(TestData.RsaPem);
    }

    public override string Name => "hand-rolled";

    public override TimeSpan ExpiryMargin => Margin;

    public override Func<ValueTask<string>> Exchange => async () => (await RequestAsync()).Token;

    public override async ValueTask<string> GetAsync()
    {
        if (_token is { } cached && DateTimeOffset.UtcNow < _expires - Margin)
            return cached;
        await _lock.WaitAsync();
        try
        {
            if (_token is null || DateTimeOffset.UtcNow >= _expires - Margin)
                (_token, _expires) = await RequestAsync();
            return _token;
        }
        finally
        {
            _lock.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _lock.Dispose();
        _rsa.Dispose();
        _http.Dispose();
    }

    private async Task<(string Token, DateTimeOffset Expires)> RequestAsync()
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"),
            new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            new("client_assertion", Assertion()),
        ]);
        using var response = await _http.PostAsync(_endpoint, form);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        var lifetime = TimeSpan.FromSeconds(json.RootElement.GetProperty("expires_in").GetInt32());
        return (json.RootElement.GetProperty("access_token").GetString()!, DateTimeOffset.UtcNow + lifetime);
    }

    private string Assertion()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var head = Base64Url.EncodeToString("""{"alg":"RS256","typ":"client-authentication+jwt"}"""u8);
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = "batch-worker", sub = "batch-worker", aud = TestData.Issuer, iat = now, exp = now + 120, jti = Guid.NewGuid(),
        }));
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }
}
