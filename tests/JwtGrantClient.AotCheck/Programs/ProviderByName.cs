using JwtGrantClient;
using JwtGrantClient.AotCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// WithContainer with a provider, whose token endpoint is replaced.
var arguments = TestData.From(args);
var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
{
    ["JwtGrant:Reports:Provider"] = "GoogleServiceAccount",
    ["JwtGrant:Reports:TokenEndpoint"] = arguments.TokenEndpoint,
    ["JwtGrant:Reports:ClientId"] = TestData.ClientId,
    ["JwtGrant:Reports:Scope"] = "reports.read",
    ["JwtGrant:Reports:SigningKey:Path"] = arguments.KeyFile,
    ["JwtGrant:Reports:AllowLoopbackHttp"] = "true",
}).Build();
var services = new ServiceCollection();
services.AddJwtGrantClient("reports", configuration.GetSection("JwtGrant:Reports"));
await using var provider = services.BuildServiceProvider();
var token = await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(CancellationToken.None);
Console.WriteLine($"{token.Type} token of {token.Value.Length} characters");
