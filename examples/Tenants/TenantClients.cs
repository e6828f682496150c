using JwtGrantClient;
using Microsoft.Extensions.Options;

namespace Tenants;

/// <summary>The settings of any tenant's client, asked for once for each name, when it is first used.</summary>
internal sealed class TenantClients(TenantDirectory directory) : IConfigureNamedOptions<JwtGrantOptions>
{
    // A name that no tenant has gets no settings, and is reported as unknown.
    public void Configure(string? name, JwtGrantOptions options) => directory.Find(name)?.ApplyTo(options);

    public void Configure(JwtGrantOptions options) => Configure(Options.DefaultName, options);
}
