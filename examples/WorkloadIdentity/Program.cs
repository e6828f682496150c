using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using WorkloadIdentity;

// A program in a cluster that has no key of its own: the cluster signs tokens that say who it is, and renews them in files. The library
// reads a file for every attempt and passes on what is there.
await using var cluster = await ClusterStandIn.StartAsync();

var services = new ServiceCollection();

// The token is the client's authentication: a JWT-SVID that SPIRE keeps in a file. Microsoft Entra takes a Kubernetes token the same way,
// with a ClientId and without AssertionType.
services.AddJwtGrantClient("spiffe", options =>
{
    options.Issuer = cluster.Server.Issuer;
    options.Grant = GrantType.ClientCredentials;
    options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    options.ClientAssertion.TokenFile = cluster.SvidPath;
    options.ClientAssertion.AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
    options.AllowLoopbackHttp = true;                               // for the stand-in only
});

// The token is exchanged (RFC 8693): a projected service account token of Kubernetes. The server wants to know the client too, and is an
// old one that knows only secrets: this one is mounted as a file, and replaced there.
services.AddJwtGrantClient("exchange", options =>
{
    options.Issuer = cluster.Server.Issuer;
    options.ClientId = ClusterStandIn.ClientId;
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

// An hour later all three files have other content, and the old secret is no longer good. Tokens are renewed ahead of their expiry;
// so as not to wait for that, new ones are asked for.
cluster.Rotate();
foreach (var client in new[] { "spiffe", "exchange" })
    Show(await provider.GetRequiredKeyedService<ITokenSource>(client).GetNewTokenAsync(TokenRequest.Default));

var isGood = cluster.Server.TokensIssued == 4 && cluster.EachCredentialCameOnce;
Console.WriteLine(isGood ? "Four tokens, and for each what was in the files at that moment." : "That was not as it should be.");
return isGood ? 0 : 1;

void Show(AccessToken token)
{
    var seen = cluster.Server.CheckAccessToken($"{token.Type} {token.Value}");
    Console.WriteLine($"{seen.Status}  {seen.ClientId} for {seen.Subject}; {token}");
}
