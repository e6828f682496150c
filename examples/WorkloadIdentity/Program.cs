using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using WorkloadIdentity;

// A program in a cluster that has no key. The cluster signs tokens that identify the program, and replaces them in files before they expire.
// The library reads the file for every attempt and sends its current content.
await using var cluster = await DemoCluster.StartAsync();

var services = new ServiceCollection();

// The token authenticates the client: a JWT-SVID that SPIRE writes to a file. Microsoft Entra accepts a Kubernetes token in the same way; set a
// ClientId and omit AssertionType.
services.AddJwtGrantClient("spiffe", options =>
{
    options.Issuer = cluster.Server.Issuer;
    options.Grant = GrantType.ClientCredentials;
    options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    options.ClientAssertion.TokenFile = cluster.SvidPath;
    options.ClientAssertion.AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
    options.AllowLoopbackHttp = true;                               // for the demo server only
});

// The token is exchanged (RFC 8693): a projected service account token of Kubernetes. This server also requires client authentication and
// supports only client secrets. The secret is mounted as a file and replaced there.
services.AddJwtGrantClient("exchange", options =>
{
    options.Issuer = cluster.Server.Issuer;
    options.ClientId = DemoCluster.ClientId;
    options.Grant = GrantType.TokenExchange;
    options.TokenExchange.SubjectTokenFile = cluster.TokenPath;     // /var/run/secrets/tokens/as
    options.TokenExchange.Audience = ["inventory"];
    options.ClientAuthentication = ClientAuthenticationMethod.ClientSecretBasic;
    options.ClientSecretFile = cluster.SecretPath;
    options.AllowLoopbackHttp = true;
});
await using var provider = services.BuildServiceProvider();

foreach (var client in new[] { "spiffe", "exchange" })
    Show(await provider.GetRequiredKeyedService<ITokenSource>(client).GetTokenAsync());

// An hour later all three files have new content, and the old secret is no longer valid. The library refreshes tokens before they expire.
// GetNewTokenAsync requests new tokens now, so that the example does not have to wait.
cluster.Rotate();
foreach (var client in new[] { "spiffe", "exchange" })
    Show(await provider.GetRequiredKeyedService<ITokenSource>(client).GetNewTokenAsync(TokenRequest.Default));

var isExpected = cluster.Server.TokensIssued == 4 && cluster.IsEachCredentialUsedOnce;
Console.WriteLine(isExpected ? "Four tokens, each obtained with the current content of the files." : "Unexpected result.");
return isExpected ? 0 : 1;

void Show(AccessToken token)
{
    var check = cluster.Server.CheckAccessToken($"{token.Type} {token.Value}");
    Console.WriteLine($"{check.Status}  {check.ClientId} for {check.Subject}; {token}");
}
