using JwtGrantClient;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet;

/// <summary>One process of the fleet. All processes have the same options, the same Redis and the same key ring.</summary>
internal static class Pod
{
    public static async Task<int> RunAsync(string number)
    {
        var services = new ServiceCollection();
        services.AddStackExchangeRedisCache(options => options.Configuration = Setting("FLEET_REDIS"));
        services.AddDataProtection()
            .SetApplicationName("fleet")                                           // the same name in all processes
            .PersistKeysToFileSystem(new DirectoryInfo(Setting("FLEET_KEY_RING"))); // a folder that all processes can read; protect it
        services
            .AddJwtGrantClient("reports", options =>
            {
                options.Issuer = Setting("FLEET_ISSUER");
                options.ClientId = "fleet";
                options.SigningKey.EnvironmentVariable = "FLEET_KEY";
                options.AllowLoopbackHttp = true;                                   // for the demo server only
                options.Cache.StoreTimeout = TimeSpan.FromSeconds(5);               // a process that has just started needs more than the default
            })
            .UseDistributedCache();
        await using var provider = services.BuildServiceProvider();
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");

        Console.WriteLine($"pod {number} (process {Environment.ProcessId}): {await tokens.GetTokenAsync()}");
        // Keeps the pod running until the parent process ends it.
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set. Run the example without arguments; it starts the pods.");
}
