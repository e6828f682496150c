using JwtGrantClient;
using JwtGrantClient.AotCheck;

var given = TestData.From(args);
await using var tokens = JwtGrantTokenSource.Create(new JwtGrantOptions
{
    Issuer = given.Issuer,
    TokenEndpoint = given.TokenEndpoint,
    ClientId = TestData.ClientId,
    SigningKey = { Path = given.KeyFile },
    AllowLoopbackHttp = true,
});
var token = await tokens.GetTokenAsync(CancellationToken.None);
Console.WriteLine($"{token.Type} token of {token.Value.Length} characters");
