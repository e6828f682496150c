using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.AotCheck;
using Microsoft.Identity.Client;

// The same with MSAL.NET. It requires a certificate, which is the file next to the key, and an authority of its vendor. A handler sends its requests to
// the given endpoint.
var arguments = TestData.From(args);
using var certificate = X509Certificate2.CreateFromPemFile($"{arguments.KeyFile}.crt", arguments.KeyFile);
var app = ConfidentialClientApplicationBuilder.Create(TestData.ClientId)
    .WithAuthority("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", validateAuthority: false)
    .WithInstanceDiscovery(false)
    .WithCertificate(certificate)
    .WithHttpClientFactory(new FixedAddressHandler(new Uri(arguments.TokenEndpoint)))
    .Build();
var result = await app.AcquireTokenForClient(["https://api.example.com/.default"]).ExecuteAsync();
Console.WriteLine($"{result.TokenType} token of {result.AccessToken.Length} characters");

internal sealed class FixedAddressHandler(Uri target) : DelegatingHandler(new SocketsHttpHandler()), IMsalHttpClientFactory
{
    public HttpClient GetHttpClient() => new(this, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = target;
        return base.SendAsync(request, cancellationToken);
    }
}
