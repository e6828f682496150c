using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>Google.Apis.Auth: a service account credential. It refreshes a token 3 min 45 s before its expiry.</summary>
internal sealed class GoogleAuth : TokenClient
{
    private readonly RSA _rsa = RSA.Create();
    private readonly ServiceAccountCredential _credential;

    public GoogleAuth(Uri endpoint, HttpMessageHandler handler)
    {
        _rsa.ImportFromPem(TestData.RsaPem);
        _credential = new(new ServiceAccountCredential.Initializer("batch-worker", endpoint.OriginalString)
        {
            Key = _rsa,
            Scopes = ["reports.read"],
            HttpClientFactory = new HttpClientFromMessageHandlerFactory(
                _ => new HttpClientFromMessageHandlerFactory.ConfiguredHttpMessageHandler(
                    handler, performsAutomaticDecompression: false, handlesRedirect: false)),
        });
    }

    public override string Name => "Google.Apis.Auth";

    public override TimeSpan ExpiryMargin => TimeSpan.FromSeconds(225);

    public override Func<ValueTask<string>> Exchange => async () =>
    {
        await _credential.RequestAccessTokenAsync(CancellationToken.None);
        return _credential.Token.AccessToken;
    };

    public override async ValueTask<string> GetAsync() => await _credential.GetAccessTokenForRequestAsync();

    protected override void Dispose(bool disposing)
    {
        _credential.HttpClient.Dispose();
        _rsa.Dispose();
    }
}
