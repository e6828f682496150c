using System.Collections.Concurrent;
using JwtGrantClient;

namespace Tenants;

/// <summary>What a tenant's administrator entered when the tenant signed up.</summary>
internal sealed record Tenant(string Issuer, string ClientId, string PrivateKey)
{
    public void ApplyTo(JwtGrantOptions options)
    {
        options.Issuer = Issuer;
        options.ClientId = ClientId;
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;    // for revoking, which wants to know who asks
        options.SigningKey.Text = PrivateKey;
        options.RevokeOnDispose = true;
        options.AllowLoopbackHttp = true;                                           // for the stand-ins only
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{ClientId} at {Issuer}";
}

/// <summary>The tenants; a database in a real service.</summary>
internal sealed class TenantDirectory
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public void Add(string name, Tenant tenant) => _tenants[name] = tenant;

    public Tenant? Find(string? name) => name is null ? null : _tenants.GetValueOrDefault(name);
}
