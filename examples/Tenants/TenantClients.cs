using JwtGrantClient;
using Microsoft.Extensions.Options;

namespace Tenants;

/// <summary>Configures the client of a tenant. It runs once for each name, when the client is first used.</summary>
internal sealed class TenantClients(TenantDirectory directory) : IConfigureNamedOptions<JwtGrantOptions>
{
    // The name of an unknown tenant gets no options, and the library reports the client as unknown.
    public void Configure(string? name, JwtGrantOptions options) => directory.Find(name)?.ApplyTo(options);

    public void Configure(JwtGrantOptions options) => Configure(Options.DefaultName, options);
}
