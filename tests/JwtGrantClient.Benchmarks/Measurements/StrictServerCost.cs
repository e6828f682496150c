using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures a token request to the strict server in memory, client_credentials with an RS256 client assertion, compared with the verification of one
/// signature. "Handler" sends a request that was built before to the handler of the server: what the server takes. "HttpClient" is
/// <see cref="HttpClient.PostAsync(Uri?, HttpContent?)"/> with a new form, as a test calls it. The signatures of the client are not measured.
/// </summary>
internal sealed class StrictServerCost : IMeasurement
{
    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var (rounds, count) = scale switch { Scale.Full => (40, 250), Scale.Quick => (10, 100), _ => (1, 2) };
        await using var server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = TestData.Issuer });
        using var rsa = RSA.Create(2048);
        await using var client = new StrictServerClient(server, rsa);
        var jwt = await client.CreateAssertionAsync();
        var end = jwt.LastIndexOf('.');
        var (input, signature) = (Encoding.ASCII.GetBytes(jwt[..end]), Base64Url.DecodeFromChars(jwt.AsSpan(end + 1)));
        List<Result> results = [new("bare RSA verification"), new("handler"), new("HttpClient")];
        // The first rounds are the warm-up.
        for (var round = scale == Scale.Once ? 0 : -5; round < rounds; round++)
        {
            var requests = new List<HttpRequestMessage>();
            var assertions = new List<string>();
            for (var i = 0; i < count; i++)
            {
                requests.Add(await client.CreateRequestAsync());
                assertions.Add(await client.CreateAssertionAsync());
            }
            Measure(results[0], count, round, _ => rsa.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            Measure(results[1], count, round, i => client.Send(requests[i]));
            Measure(results[2], count, round, i => client.Post(assertions[i]));
            // The JIT compiler optimizes in the background after no new method was called for a tenth of a second.
            if (round < 0)
                await Task.Delay(200);
        }
        return [.. results.Select(result => result.ToRow(results[0]))];
    }

    private static void Measure(Result result, int count, int round, Func<int, object> call)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
            call(i);
        var time = Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
        if (round < 0)
            return;
        result.Times.Add(time);
        result.Bytes.Add((GC.GetAllocatedBytesForCurrentThread() - before) / (double)count);
    }

    private sealed record Result(string Name)
    {
        public List<double> Times { get; } = [];

        public List<double> Bytes { get; } = [];

        public Row ToRow(Result baseline) => new(
            "Strict server in memory, RS256 client_credentials", Name, Statistics.Median(Times), "ns", Statistics.Median(Bytes),
            Statistics.Median(Times.Zip(baseline.Times, (time, bare) => time / bare)));
    }
}
