using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using MutualTls;

// A program that authenticates with a client certificate (mutual TLS, RFC 8705 section 2). The metadata of the issuer names the token endpoint
// that requires the certificate. The tokens are bound to the certificate and are unusable without it.
await using var bank = await DemoBank.StartAsync();

// By default, the client trusts the CAs that the machine trusts.
var services = new ServiceCollection();
services.AddJwtGrantClient("machine trust", Configure);

// For a private CA, name the file with its certificate. Only the CAs of this file are trusted then.
services.AddJwtGrantClient("private CA", options =>
{
    Configure(options);
    options.TrustedCertificates = bank.AuthorityPath;
});
await using var provider = services.BuildServiceProvider();

// The demo server has just created its certificate, so this machine does not trust it. The client sends nothing to a server that it does not trust.
var isUnknownServerRejected = false;
try
{
    await provider.GetRequiredKeyedService<ITokenSource>("machine trust").GetTokenAsync();
}
catch (JwtGrantException e) when (e.Kind == JwtGrantErrorKind.Transport && bank.Server.TokensIssued == 0)
{
    isUnknownServerRejected = true;
    Console.WriteLine($"machine trust  {e.Code}: {e.InnerException?.InnerException?.Message}");
}

var token = await provider.GetRequiredKeyedService<ITokenSource>("private CA").GetTokenAsync();
var (withCertificate, withoutCertificate) = (bank.Check(token, bank.Certificate), bank.Check(token, null));
Console.WriteLine($"private CA     {token}");
Console.WriteLine($"{withCertificate.Status}            at the API with the certificate: {withCertificate.ClientId}");
Console.WriteLine($"{withoutCertificate.Status}            at the API without it: {withoutCertificate.WwwAuthenticate}");

var isExpected = isUnknownServerRejected && withCertificate.IsValid && !withoutCertificate.IsValid;
Console.WriteLine(isExpected
    ? "Nothing was sent to the server with an unknown CA. With the CA trusted, the server issued a token that is bound to the certificate."
    : "Unexpected result.");
return isExpected ? 0 : 1;

void Configure(JwtGrantOptions options)
{
    options.Issuer = bank.Server.Issuer;
    options.ClientId = DemoBank.ClientId;
    options.Grant = GrantType.ClientCredentials;
    options.ClientAuthentication = ClientAuthenticationMethod.MutualTls;
    options.ClientCertificate = new() { Path = bank.CertificatePath, KeyPath = bank.KeyPath };
    options.AllowLoopbackHttp = true;                               // for the metadata of the demo server only
}
