using JwtGrantClient;
using JwtGrantClient.AotCheck;

var arguments = TestData.From(args);
await using var tokens = JwtGrantTokenSource.Create(new JwtGrantOptions
{
    Issuer = arguments.Issuer,
    TokenEndpoint = arguments.TokenEndpoint,
    ClientId = TestData.ClientId,
    SigningKey = { Path = arguments.KeyFile },
    AllowLoopbackHttp = true,
});
var token = await tokens.GetTokenAsync(CancellationToken.None);
Console.WriteLine($"{token.Type} token of {token.Value.Length} characters");
