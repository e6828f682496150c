using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace JwtGrantClient.Benchmarks.Contenders;

/// <summary>Azure.Identity: a certificate's credential, which keeps tokens in MSAL's cache. It cannot be told to ask again.</summary>
internal sealed class AzureIdentity : Contender
{
    private static readonly TokenRequestContext Context = new(["https://api.example.com/.default"]);

    private readonly HttpClient _http;

    public AzureIdentity(Uri endpoint, HttpMessageHandler handler)
    {
        _http = new(new Endpoint.Diverted(endpoint, handler));
        Credential = new ClientCertificateCredential(
            "11111111-2222-3333-4444-555555555555",
            "batch-worker",
            TestData.Certificate,
            new ClientCertificateCredentialOptions { DisableInstanceDiscovery = true, Transport = new HttpClientTransport(_http) });
    }

    public TokenCredential Credential { get; }

    public override string Name => "Azure.Identity";

    public override TimeSpan Window => TimeSpan.FromMinutes(5);

    public override async ValueTask<string> GetAsync() => (await Credential.GetTokenAsync(Context, CancellationToken.None)).Token;

    protected override void Dispose(bool disposing) => _http.Dispose();
}
