using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using MutualTls;

// A program that proves who it is by a client certificate (mutual TLS, RFC 8705 section 2). The issuer's metadata names the address of the
// token endpoint that asks for one, and the tokens are bound to the certificate: without it they open nothing.
await using var bank = await BankStandIn.StartAsync();

// Where the machine trusts the CA of the server's certificate, settings are all there is. That is so after the CA was added to the
// machine's store, or on Linux, in a container, with SSL_CERT_FILE=/path/to/ca.pem in the environment.
var services = new ServiceCollection();
services.AddJwtGrantClient("by settings", options =>
{
    Common(options);
    options.ClientCertificate = new() { Path = bank.CertificatePath, KeyPath = bank.KeyPath };
});

// Where neither may be touched, the connections are made by code, and then show the certificate by code too.
services
    .AddJwtGrantClient("by code", Common)
    .UseTokenEndpointHandler(_ => Connections.Create(bank.CertificatePath, bank.KeyPath, bank.AuthorityPath));
await using var provider = services.BuildServiceProvider();

// The stand-in's certificate is of this minute, so this machine does not trust it; to a server that cannot prove its name nothing is sent.
var isStrangerRefused = false;
try
{
    await provider.GetRequiredKeyedService<ITokenSource>("by settings").GetTokenAsync();
}
catch (JwtGrantException e) when (e.Kind == JwtGrantErrorKind.Transport && bank.Server.TokensIssued == 0)
{
    isStrangerRefused = true;
    Console.WriteLine($"by settings  {e.Code}: {e.InnerException?.InnerException?.Message}");
}

var token = await provider.GetRequiredKeyedService<ITokenSource>("by code").GetTokenAsync();
var (withCertificate, without) = (bank.Check(token, bank.Certificate), bank.Check(token, null));
Console.WriteLine($"by code      {token}");
Console.WriteLine($"{withCertificate.Status}          at the API, with the certificate: {withCertificate.ClientId}");
Console.WriteLine($"{without.Status}          at the API, without: {without.WwwAuthenticate}");

var isGood = isStrangerRefused && withCertificate.IsValid && !without.IsValid;
Console.WriteLine(isGood
    ? "A server of an unknown CA got nothing; the known one issued a token that is bound."
    : "That was not as it should be.");
return isGood ? 0 : 1;

void Common(JwtGrantOptions options)
{
    options.Issuer = bank.Server.Issuer;
    options.ClientId = BankStandIn.ClientId;
    options.Grant = GrantType.ClientCredentials;
    options.ClientAuthentication = ClientAuthenticationMethod.MutualTls;
    options.AllowLoopbackHttp = true;                               // for the stand-in's metadata only
}
