using JwtGrantClient;
using Microsoft.Extensions.Options;

namespace Tenants;

/// <summary>The settings of any tenant's client, asked for once for each name, when it is first used.</summary>
internal sealed class TenantClients(TenantDirectory directory) : IConfigureNamedOptions<JwtGrantOptions>
{
    // A name that is nobody's is left without settings, and told as unknown.
    public void Configure(string? name, JwtGrantOptions options) => directory.Find(name)?.ApplyTo(options);

    public void Configure(JwtGrantOptions options) => Configure(Options.DefaultName, options);
}
