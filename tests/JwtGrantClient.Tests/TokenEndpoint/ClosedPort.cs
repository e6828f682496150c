using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The address of a local port that no server listens on.</summary>
internal static class ClosedPort
{
    public static async Task<string> AddressAsync()
    {
        var closed = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        await closed.DisposeAsync();
        return closed.Address + "/token";
    }
}
