using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using Tenants;

// A service for tenants that sign up while it runs. Each tenant has its own authorization server, client and key. The service requests tokens
// there on behalf of the users of that tenant, and revokes them when they are no longer needed.
await using var servers = new DemoServers();
var (operatorTenant, directory) = (await servers.StartAsync("operator"), new TenantDirectory());

var services = new ServiceCollection();
services.AddJwtGrantClient("operator", operatorTenant.ApplyTo);     // a client that is known at start
services.ConfigureOptions<TenantClients>();                         // the clients of tenants that sign up later
services.AddSingleton(directory);
await using var provider = services.BuildServiceProvider();
var clients = provider.GetRequiredService<ITokenSourceProvider>();

directory.Add("acme", await servers.StartAsync("acme"));
directory.Add("globex", await servers.StartAsync("globex"));

var alice = new TokenRequest { Subject = "alice", Scope = "invoices.read" };
var bob = new TokenRequest
{
    Subject = "bob",
    Scope = "invoices.read invoices.write",
    Claims = new Dictionary<string, object> { ["department"] = "sales" },   // an additional claim for the server of this tenant
};
List<(string Tenant, AccessToken Value)> tokens = [];
foreach (var (tenant, user) in new[] { ("acme", alice), ("acme", bob), ("globex", alice), ("acme", alice) })
{
    tokens.Add((tenant, await clients.Get(tenant).GetTokenAsync(user)));
    var check = servers.Check(tenant, tokens[^1].Value);
    Console.WriteLine($"{check.Status}  {check.ClientId} acts for {check.Subject}: {check.Scope}");
}
var issued = servers.TokensIssued;                                  // the last request was served from the cache

// Bob signs out: his token is removed from the cache and revoked at the server (RFC 7009). Alice's tokens stay valid.
await provider.GetRequiredKeyedService<ITokenRevocation>("acme").RevokeAsync(bob);
int[] afterSignOut = [.. tokens.Select(token => servers.Check(token.Tenant, token.Value).Status)];
Console.WriteLine($"{afterSignOut[1]}  bob has signed out");

var isUnknown = false;
try
{
    clients.Get("initech");
}
catch (JwtGrantException e) when (e.Code == "client_unknown")
{
    isUnknown = true;
    Console.WriteLine($"---  {e.Message}");
}

// The service stops. RevokeOnDispose revokes the tokens that are still in the cache.
await provider.DisposeAsync();
var valid = tokens.Count(token => servers.Check(token.Tenant, token.Value).IsValid);

var isExpected = issued == 3 && afterSignOut is [200, 401, 200, 200] && isUnknown && valid == 0;
Console.WriteLine(isExpected ? "Two tenants, three users, one token for each. All tokens were revoked when the service stopped." : "Unexpected result.");
return isExpected ? 0 : 1;
