using JwtGrantClient;
using JwtGrantClient.AotCheck;

// WithoutContainer with a provider, whose token endpoint is replaced.
var arguments = TestData.From(args);
var options = new JwtGrantOptions();
options.UseGoogleServiceAccount(arguments.KeyFile, "reports.read");
options.TokenEndpoint = arguments.TokenEndpoint;
options.ClientId = TestData.ClientId;
options.AllowLoopbackHttp = true;
await using var tokens = JwtGrantTokenSource.Create(options);
var token = await tokens.GetTokenAsync(CancellationToken.None);
Console.WriteLine($"{token.Type} token of {token.Value.Length} characters");
