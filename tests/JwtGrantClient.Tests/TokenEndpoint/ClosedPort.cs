using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>An address on this machine at which nobody listens any more.</summary>
internal static class ClosedPort
{
    public static async Task<string> AddressAsync()
    {
        var closed = await LoopbackServer.StartAsync(_ => Task.CompletedTask);
        await closed.DisposeAsync();
        return closed.Address + "/token";
    }
}
