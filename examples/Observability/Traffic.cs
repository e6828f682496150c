using JwtGrantClient;
using Microsoft.Extensions.DependencyInjection;

namespace Observability;

/// <summary>What the processes do all the time: call an API, and get tokens for users. Errors are left to the telemetry.</summary>
internal sealed class Traffic(IServiceProvider services)
{
    private int _user;

    public async Task StepAsync()
    {
        var servers = services.GetRequiredService<DemoServers>();
        var reports = services.GetRequiredKeyedService<ITokenSource>("reports");
        var users = services.GetRequiredKeyedService<ITokenSource>("users");
        using var http = services.GetRequiredService<IHttpClientFactory>().CreateClient("reports");

        // A new token in each step stands for the hours after which a real one is refreshed.
        await IgnoreErrorsAsync(async () => await reports.GetNewTokenAsync(TokenRequest.Default));
        await IgnoreErrorsAsync(async () => (await http.GetAsync("reports")).Dispose());
        await Task.WhenAll(Enumerable.Range(0, servers.Users).Select(
            _ => IgnoreErrorsAsync(async () => await users.GetTokenAsync(new TokenRequest { Subject = $"user-{_user++}" }))));
    }

    private static async Task IgnoreErrorsAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (JwtGrantException)
        {
            // It is logged, counted and traced.
        }
    }
}
