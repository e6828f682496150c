using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;
using Tenants;

// A service for tenants that sign up while it runs. Each has its own authorization server, client and key; the service asks there for
// tokens on behalf of that tenant's users, and gives them back when they are no longer needed.
await using var servers = new ServersStandIn();
var (own, directory) = (await servers.StartAsync("operator"), new TenantDirectory());

var services = new ServiceCollection();
services.AddJwtGrantClient("operator", own.ApplyTo);                // the client that is known now,
services.ConfigureOptions<TenantClients>();                         // and whichever the directory will know
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
    Claims = new Dictionary<string, object> { ["department"] = "sales" },   // what this tenant's server wants to know of him
};
List<(string Tenant, AccessToken Value)> tokens = [];
foreach (var (tenant, user) in new[] { ("acme", alice), ("acme", bob), ("globex", alice), ("acme", alice) })
{
    tokens.Add((tenant, await clients.Get(tenant).GetTokenAsync(user)));
    var seen = servers.Check(tenant, tokens[^1].Value);
    Console.WriteLine($"{seen.Status}  {seen.ClientId} acts for {seen.Subject}: {seen.Scope}");
}
var issued = servers.TokensIssued;                                  // the last one was served from memory

// Bob signs out: his token is forgotten here and revoked there (RFC 7009). Alice's stays.
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

// The service ends; what it still keeps is revoked (RevokeOnDispose).
await provider.DisposeAsync();
var left = tokens.Count(token => servers.Check(token.Tenant, token.Value).IsValid);

var isGood = issued == 3 && afterSignOut is [200, 401, 200, 200] && isUnknown && left == 0;
Console.WriteLine(isGood ? "Two tenants, three users, a token each; none of them outlives the service." : "That was not as it should be.");
return isGood ? 0 : 1;
