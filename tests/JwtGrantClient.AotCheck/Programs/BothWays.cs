using System.Security.Cryptography;
using JwtGrantClient;
using JwtGrantClient.AotCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// Uses the library in a native program, with and without a container: metadata, an assertion as a grant and as client authentication, settings of several types, and, if the endpoint has https,
// the trust in its CA.
var arguments = TestData.From(args);
await ShowAsync("without a container", await WithoutContainerAsync());
await ShowAsync("with a container", WithContainer());

async Task<ITokenSource> WithoutContainerAsync()
{
    using var key = RSA.Create();
    key.ImportFromPem(await File.ReadAllTextAsync(arguments.KeyFile));
    return JwtGrantTokenSource.Create(new JwtGrantOptions
    {
        Issuer = arguments.Issuer,
        ClientId = TestData.ClientId,
        SigningKey = { Text = key.ExportPkcs8PrivateKeyPem(), Algorithm = "PS256" },
        AllowLoopbackHttp = true,
    });
}

ITokenSource WithContainer()
{
    var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["JwtGrant:Reports:TokenEndpoint"] = arguments.TokenEndpoint,
        ["JwtGrant:Reports:Issuer"] = arguments.Issuer,
        ["JwtGrant:Reports:TrustedCertificates"] = arguments.TrustedFile,
        ["JwtGrant:Reports:ClientId"] = TestData.ClientId,
        ["JwtGrant:Reports:Grant"] = "ClientCredentials",
        ["JwtGrant:Reports:ClientAuthentication"] = "PrivateKeyJwt",
        ["JwtGrant:Reports:Scope"] = "reports.read",
        ["JwtGrant:Reports:Resource:0"] = "https://api.example.com",
        ["JwtGrant:Reports:SigningKey:Path"] = arguments.KeyFile,
        ["JwtGrant:Reports:ClientAssertion:Lifetime"] = "00:01:00",
        ["JwtGrant:Reports:Refresh:EarliestFraction"] = "0.6",
        ["JwtGrant:Reports:AllowLoopbackHttp"] = "true",
    }).Build();
    var services = new ServiceCollection();
    services.AddJwtGrantClient("reports", configuration.GetSection("JwtGrant:Reports"));
    services.AddHttpClient("api", http => http.BaseAddress = new Uri("https://api.example.com")).AddJwtGrantToken("reports");
    return services.BuildServiceProvider().GetRequiredKeyedService<ITokenSource>("reports");
}

static async Task ShowAsync(string way, ITokenSource tokens)
{
    var token = await tokens.GetTokenAsync(CancellationToken.None);
    Console.WriteLine($"{way}: {token.Type} token, scope {token.Scope ?? "as asked"}");
}
