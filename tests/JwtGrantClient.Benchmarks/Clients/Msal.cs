using Microsoft.Identity.Client;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>Microsoft.Identity.Client (MSAL.NET): a confidential client with a certificate. It refreshes a token five minutes before its expiry.</summary>
internal sealed class Msal : TokenClient, IMsalHttpClientFactory
{
    private static readonly string[] Scopes = ["https://api.example.com/.default"];

    private readonly HttpClient _http;
    private readonly IConfidentialClientApplication _app;

    public Msal(Uri endpoint, HttpMessageHandler handler)
    {
        _http = new(new Endpoint.FixedAddressHandler(endpoint, handler));
        _app = ConfidentialClientApplicationBuilder.Create("batch-worker")
            .WithAuthority("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", validateAuthority: false)
            .WithInstanceDiscovery(false)
            .WithCertificate(TestData.Certificate)
            .WithHttpClientFactory(this)
            .Build();
    }

    public override string Name => "MSAL.NET";

    public override TimeSpan ExpiryMargin => TimeSpan.FromMinutes(5);

    public override Func<ValueTask<string>> Exchange =>
        async () => (await _app.AcquireTokenForClient(Scopes).WithForceRefresh(true).ExecuteAsync()).AccessToken;

    public override async ValueTask<string> GetAsync() => (await _app.AcquireTokenForClient(Scopes).ExecuteAsync()).AccessToken;

    public HttpClient GetHttpClient() => _http;

    protected override void Dispose(bool disposing) => _http.Dispose();
}
