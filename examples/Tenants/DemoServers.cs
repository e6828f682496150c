using System.Security.Cryptography;
using JwtGrantClient;
using JwtGrantClient.Testing;

namespace Tenants;

/// <summary>An authorization server on 127.0.0.1 for each tenant, with a new key for the client of this service.</summary>
internal sealed class DemoServers : IAsyncDisposable
{
    private readonly Dictionary<string, StrictAuthorizationServer> _servers = new(StringComparer.Ordinal);

    public int TokensIssued => _servers.Values.Sum(server => server.TokensIssued);

    public async Task<Tenant> StartAsync(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (server, clientId) = (await StrictAuthorizationServer.StartAsync(), $"invoicing-{name}");
        server.RegisterClient(new()
        {
            Id = clientId, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(), RequireClientAuthentication = true,
        });
        _servers.Add(name, server);
        return new(server.Issuer, clientId, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Validates a token, as an API of the tenant does.</summary>
    public AccessTokenCheck Check(string tenant, AccessToken token) => _servers[tenant].CheckAccessToken($"{token.Type} {token.Value}");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
            await server.DisposeAsync();
    }
}
