using BoundTokens;
using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;

// A program whose tokens are bound to its own key (DPoP, RFC 9449). The library signs a proof with that key for each request to the token
// endpoint and to the API, and handles the nonces of both. Nothing else in the program changes. A stolen token is unusable without the key.
await using var bank = await DemoBank.StartAsync();

var services = new ServiceCollection();
services.AddJwtGrantClient("accounts", options =>
{
    options.Issuer = bank.Server.Issuer;
    options.ClientId = DemoBank.ClientId;
    options.Scope = "accounts.read";
    options.SigningKey.Text = bank.PrivateKey;
    options.DPoP.Enabled = true;                                    // the key is generated at start and never stored
    options.AllowLoopbackHttp = true;                               // for the demo server only
});
services
    .AddHttpClient("accounts", http => http.BaseAddress = bank.ApiAddress)
    .AddJwtGrantToken("accounts");
await using var provider = services.BuildServiceProvider();
using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("accounts");

foreach (var account in new[] { "1", "2", "3" })
    Console.WriteLine($"200  {await http.GetStringAsync($"accounts/{account}")}");

// An attacker who reads a log or controls a proxy may have the token and the proof of the last request, but not the key.
var token = await provider.GetRequiredKeyedService<ITokenSource>("accounts").GetTokenAsync();
var asBearer = await Attacker.SendAsync(bank.ApiAddress, $"Bearer {token.Value}");
var withOldProof = await Attacker.SendAsync(bank.ApiAddress, $"DPoP {token.Value}", bank.LastProof);

var isExpected = bank is { Served: 3, NonceChallenges: 1, Server.TokensIssued: 1 } && asBearer == 401 && withOldProof == 401;
Console.WriteLine(isExpected
    ? "Read three accounts with one token, after one request that learned the nonce of the API. The API rejected the stolen token."
    : "Unexpected result.");
return isExpected ? 0 : 1;
