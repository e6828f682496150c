using JwtGrantClient;
using JwtGrantClient.AotCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

var arguments = TestData.From(args);
var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
{
    ["JwtGrant:Reports:Issuer"] = arguments.Issuer,
    ["JwtGrant:Reports:TokenEndpoint"] = arguments.TokenEndpoint,
    ["JwtGrant:Reports:ClientId"] = TestData.ClientId,
    ["JwtGrant:Reports:SigningKey:Path"] = arguments.KeyFile,
    ["JwtGrant:Reports:AllowLoopbackHttp"] = "true",
}).Build();
var services = new ServiceCollection();
services.AddJwtGrantClient("reports", configuration.GetSection("JwtGrant:Reports"));
await using var provider = services.BuildServiceProvider();
var token = await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(CancellationToken.None);
Console.WriteLine($"{token.Type} token of {token.Value.Length} characters");
