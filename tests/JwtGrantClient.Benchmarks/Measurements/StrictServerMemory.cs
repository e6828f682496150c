using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the memory that the strict server holds after many requests, with a clock that advances by 10 ms for each, and after requests with a body of
/// 1 MiB. It is flat if the second half of the requests adds nothing.
/// </summary>
internal sealed class StrictServerMemory : IMeasurement
{
    private const double MiB = 1 << 20;

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var (requests, bodies) = scale switch { Scale.Full => (200_000, 400), Scale.Quick => (20_000, 400), _ => (10, 2) };
        var clock = new AdvancingClock();
        await using var server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = TestData.Issuer, TimeProvider = clock });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var client = new StrictServerClient(server, key, clock);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var half = await SendAsync(client, clock, requests / 2) - before;
        var all = await SendAsync(client, clock, requests / 2) - before;
        using var http = new HttpClient(server.CreateHandler());
        for (var i = 0; i < bodies; i++)
        {
            using var body = new StringContent("scope=" + new string('a', (1 << 20) - 6), Encoding.ASCII, "application/x-www-form-urlencoded");
            (await http.PostAsync(TestData.TokenEndpoint, body)).Dispose();
        }
        var withBodies = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(server);
        const string Group = "Memory held by the strict server";
        return
        [
            new(Group, $"after {requests / 2:N0} requests", half / MiB, "MiB"),
            new(Group, $"after {requests:N0} requests", all / MiB, "MiB"),
            new(Group, $"after {bodies:N0} more with a body of 1 MiB", withBodies / MiB, "MiB"),
        ];
    }

    private static async Task<long> SendAsync(StrictServerClient client, AdvancingClock clock, int count)
    {
        for (var i = 0; i < count; i++)
        {
            client.Post(await client.CreateAssertionAsync());
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class AdvancingClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
