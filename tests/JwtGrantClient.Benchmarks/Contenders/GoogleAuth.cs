using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace JwtGrantClient.Benchmarks.Contenders;

/// <summary>Google.Apis.Auth: a service account's credential. It refreshes 3 min 45 s before a token's end.</summary>
internal sealed class GoogleAuth : Contender
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

    public override TimeSpan Window => TimeSpan.FromSeconds(225);

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
