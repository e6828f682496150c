using JwtGrantClient;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet;

/// <summary>One process of the fleet. All of them have the same settings, the same Redis and the same key ring.</summary>
internal static class Pod
{
    public static async Task<int> RunAsync(string number)
    {
        var services = new ServiceCollection();
        services.AddStackExchangeRedisCache(options => options.Configuration = Setting("FLEET_REDIS"));
        services.AddDataProtection()
            .SetApplicationName("fleet")                                            // the same in all processes,
            .PersistKeysToFileSystem(new DirectoryInfo(Setting("FLEET_KEY_RING")));  // and a place that all of them reach; protect it, too
        services
            .AddJwtGrantClient("reports", options =>
            {
                options.Issuer = Setting("FLEET_ISSUER");
                options.ClientId = "fleet";
                options.SigningKey.EnvironmentVariable = "FLEET_KEY";
                options.AllowLoopbackHttp = true;                                   // for the server on this machine only
                options.Cache.StoreTimeout = TimeSpan.FromSeconds(5);               // a pod of an example has just started
            })
            .UseDistributedCache();
        await using var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");

        Console.WriteLine($"pod {number} (process {Environment.ProcessId}): {await tokens.GetTokenAsync()}");
        // Until the parent closes the line: a pod lives on.
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: a pod is started by the fleet.");
}
