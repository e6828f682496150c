using System.Net.NetworkInformation;
using JwtGrantClient.Benchmarks.Endpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the memory and the connections of tenants: clients named at run time, with one issuer, an ES256 key and a token each. They send their requests
/// one after another through the built-in handler.
/// </summary>
internal sealed class TenantSize : IMeasurement
{
    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var count = scale switch { Scale.Full => 10_000, Scale.Quick => 1_000, _ => 10 };
        await using var server = await TokenServerProcess.StartAsync();
        await using var provider = new ServiceCollection()
            .AddJwtGrantClients()
            .AddSingleton<IConfigureOptions<JwtGrantOptions>>(new TenantOptions(server.Address))
            .BuildServiceProvider();
        var clients = provider.GetRequiredService<ITokenSourceProvider>();
        await clients.Get("tenant-0").GetTokenAsync();
        var (before, workingSet) = (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
        for (var i = 1; i <= count; i++)
            await clients.Get($"tenant-{i}").GetTokenAsync();
        var connections = Connections(new Uri(server.Address).Port);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        var resident = (Environment.WorkingSet - workingSet) / (double)count;
        return
        [
            new(
                $"Memory held for each of {count:N0} tenants", "JwtGrantClient", bytes, "B",
                Note: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{connections} connections in all, {resident:0} B of working set each")),
        ];
    }

    private static int Connections(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.RemoteEndPoint.Port == port && connection.State == TcpState.Established);

    private sealed class TenantOptions(string issuer) : IConfigureNamedOptions<JwtGrantOptions>
    {
        public void Configure(JwtGrantOptions options) => Configure(Options.DefaultName, options);

        public void Configure(string? name, JwtGrantOptions options)
        {
            options.Issuer = issuer;
            options.ClientId = name;
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.SigningKey.Text = TestData.EcPem;
            options.AllowLoopbackHttp = true;
        }
    }
}
