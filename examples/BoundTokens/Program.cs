using BoundTokens;
using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;

// A program whose tokens are bound to a key of its own (DPoP, RFC 9449). The handler makes a proof by that key for each request, to the
// token endpoint and to the API, and learns the nonces of both. Nothing else changes; and a token that leaks is of no use to anybody.
await using var bank = await BankStandIn.StartAsync();

var services = new ServiceCollection();
services.AddJwtGrantClient("accounts", options =>
{
    options.Issuer = bank.Server.Issuer;
    options.ClientId = BankStandIn.ClientId;
    options.Scope = "accounts.read";
    options.SigningKey.Text = bank.PrivateKey;
    options.DPoP.Enabled = true;                                    // the key of the proofs is made at start, and stored nowhere
    options.AllowLoopbackHttp = true;                               // for the stand-in only
});
services
    .AddHttpClient("accounts", http => http.BaseAddress = bank.ApiAddress)
    .AddJwtGrantToken("accounts");
await using var provider = services.BuildServiceProvider();
using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("accounts");

foreach (var account in new[] { "1", "2", "3" })
    Console.WriteLine($"200  {await http.GetStringAsync($"accounts/{account}")}");

// What somebody has who reads our log, or sits in a proxy: the token, even the last request's proof, but not the key.
var token = await provider.GetRequiredKeyedService<ITokenSource>("accounts").GetTokenAsync();
var asBearer = await Thief.AskAsync(bank.ApiAddress, $"Bearer {token.Value}");
var withOldProof = await Thief.AskAsync(bank.ApiAddress, $"DPoP {token.Value}", bank.LastProof);

var isGood = bank is { Served: 3, AskedForNonce: 1, Server.TokensIssued: 1 } && asBearer == 401 && withOldProof == 401;
Console.WriteLine(isGood
    ? "Three accounts read with one token, after one request to learn the API's nonce; the stolen token opened nothing."
    : "That was not as it should be.");
return isGood ? 0 : 1;
