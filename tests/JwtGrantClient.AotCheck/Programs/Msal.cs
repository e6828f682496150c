using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.AotCheck;
using Microsoft.Identity.Client;

// The same by MSAL.NET, which wants a certificate, here the file beside the key, and an authority of its maker's; its requests are diverted to
// the endpoint given.
var given = TestData.From(args);
using var certificate = X509Certificate2.CreateFromPemFile($"{given.KeyFile}.crt", given.KeyFile);
var app = ConfidentialClientApplicationBuilder.Create(TestData.ClientId)
    .WithAuthority("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", validateAuthority: false)
    .WithInstanceDiscovery(false)
    .WithCertificate(certificate)
    .WithHttpClientFactory(new Diverted(new Uri(given.TokenEndpoint)))
    .Build();
var result = await app.AcquireTokenForClient(["https://api.example.com/.default"]).ExecuteAsync();
Console.WriteLine($"{result.TokenType} token of {result.AccessToken.Length} characters");

internal sealed class Diverted(Uri target) : DelegatingHandler(new SocketsHttpHandler()), IMsalHttpClientFactory
{
    public HttpClient GetHttpClient() => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = target;
        return base.SendAsync(request, cancellationToken);
    }
}
