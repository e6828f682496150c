using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using SamlBearer;

// A job that calls an SAP API on behalf of users. For each user it signs a short-lived SAML 2.0 assertion and exchanges it for a token
// (RFC 7522). No user interaction and no stored password is needed.
await using var sap = await DemoSapServer.StartAsync();

var services = new ServiceCollection();
services
    .AddJwtGrantClient("sap", options =>
    {
        options.TokenEndpoint = sap.Server.TokenEndpoint;               // https://{api server}/oauth/token
        options.ClientId = DemoSapServer.ClientId;                      // the API key of the OAuth client
        options.Parameters["company_id"] = "acme";
        options.AllowLoopbackHttp = true;                               // for the demo server only
    })
    .UseSamlAssertion(_ => sap.Certificate, saml =>
    {
        saml.Issuer = DemoSapServer.SamlIssuer;
        saml.Audience = sap.Server.Issuer;                              // for SAP its entity ID, such as www.successfactors.com
        saml.Attributes["api_key"] = [DemoSapServer.ClientId];
    });
await using var provider = services.BuildServiceProvider();
var tokens = provider.GetRequiredKeyedService<ITokenSource>("sap");

foreach (var user in new[] { "mmustermann", "jdoe", "mmustermann" })
{
    var token = await tokens.GetTokenAsync(new TokenRequest { Subject = user });
    var check = sap.Server.CheckAccessToken($"{token.Type} {token.Value}");
    Console.WriteLine($"{check.Status}  {check.ClientId} acts for {check.Subject}; {token}");
}

try
{
    await tokens.GetTokenAsync(new TokenRequest { Subject = "admin" });
    return 1;
}
catch (JwtGrantException e) when (e.Error == "invalid_grant")
{
    Console.WriteLine($"{e.StatusCode}  no token for admin: {e.ErrorDescription}");
}

var isExpected = sap.Server.TokensIssued == 2;
Console.WriteLine(isExpected ? "Two users, two tokens. The third request was served from the cache." : "Unexpected result.");
return isExpected ? 0 : 1;
