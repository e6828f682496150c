using System.Collections.Concurrent;
using JwtGrantClient;

namespace Tenants;

/// <summary>The data that a tenant entered when it signed up.</summary>
internal sealed record Tenant(string Issuer, string ClientId, string PrivateKey)
{
    public void ApplyTo(JwtGrantOptions options)
    {
        options.Issuer = Issuer;
        options.ClientId = ClientId;
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;    // required for revocation
        options.SigningKey.Text = PrivateKey;
        options.RevokeOnDispose = true;
        options.AllowLoopbackHttp = true;                                           // for the demo servers only
    }

    /// <summary>Returns a description without the private key.</summary>
    public override string ToString() => $"{ClientId} at {Issuer}";
}

/// <summary>The tenants that have signed up. A real service uses a database.</summary>
internal sealed class TenantDirectory
{
    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public void Add(string name, Tenant tenant) => _tenants[name] = tenant;

    public Tenant? Find(string? name) => name is null ? null : _tenants.GetValueOrDefault(name);
}
