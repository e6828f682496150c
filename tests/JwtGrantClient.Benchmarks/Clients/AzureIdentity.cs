using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>Azure.Identity: a certificate credential, which caches tokens in the cache of MSAL. It has no method that forces a new token.</summary>
internal sealed class AzureIdentity : TokenClient
{
    private static readonly TokenRequestContext Context = new(["https://api.example.com/.default"]);

    private readonly HttpClient _http;

    public AzureIdentity(Uri endpoint, HttpMessageHandler handler)
    {
        _http = new(new Endpoint.FixedAddressHandler(endpoint, handler));
        Credential = new ClientCertificateCredential(
            "11111111-2222-3333-4444-555555555555",
            "batch-worker",
            TestData.Certificate,
            new ClientCertificateCredentialOptions { DisableInstanceDiscovery = true, Transport = new HttpClientTransport(_http) });
    }

    public TokenCredential Credential { get; }

    public override string Name => "Azure.Identity";

    public override TimeSpan ExpiryMargin => TimeSpan.FromMinutes(5);

    public override async ValueTask<string> GetAsync() => (await Credential.GetTokenAsync(Context, CancellationToken.None)).Token;

    protected override void Dispose(bool disposing) => _http.Dispose();
}
