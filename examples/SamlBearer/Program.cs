using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using SamlBearer;

// A job that calls an API of SAP on behalf of users: for each it signs a short-lived SAML 2.0 assertion and exchanges it for a token
// (RFC 7522). No user is there, and no password is stored anywhere.
await using var sap = await SapStandIn.StartAsync();

var services = new ServiceCollection();
services
    .AddJwtGrantClient("sap", options =>
    {
        options.TokenEndpoint = sap.Server.TokenEndpoint;               // https://{api server}/oauth/token
        options.ClientId = SapStandIn.ClientId;                         // the API key of the OAuth client
        options.Parameters["company_id"] = "acme";
        options.AllowLoopbackHttp = true;                               // for the stand-in only
    })
    .UseSamlAssertion(_ => sap.Certificate, saml =>
    {
        saml.Issuer = SapStandIn.SamlIssuer;
        saml.Audience = sap.Server.Issuer;                              // SAP has an entity id of its own here, such as www.successfactors.com
        saml.Attributes["api_key"] = [SapStandIn.ClientId];
    });
await using var provider = services.BuildServiceProvider();
var tokens = provider.GetRequiredKeyedService<ITokenSource>("sap");

foreach (var user in new[] { "mmustermann", "jdoe", "mmustermann" })
{
    var token = await tokens.GetTokenAsync(new TokenRequest { Subject = user });
    var seen = sap.Server.CheckAccessToken($"{token.Type} {token.Value}");
    Console.WriteLine($"{seen.Status}  {seen.ClientId} acts for {seen.Subject}; {token}");
}

try
{
    await tokens.GetTokenAsync(new TokenRequest { Subject = "admin" });
    return 1;
}
catch (JwtGrantException e) when (e.Error == "invalid_grant")
{
    Console.WriteLine($"{e.StatusCode}  nobody acts for admin: {e.ErrorDescription}");
}

var isGood = sap.Server.TokensIssued == 2;
Console.WriteLine(isGood ? "Two users, two tokens: the third request was served from memory." : "That was not as it should be.");
return isGood ? 0 : 1;
