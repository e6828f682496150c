using System.Diagnostics;
using System.Globalization;

namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>The token endpoint in its own process, so that its time and its memory are not measured.</summary>
internal sealed class TokenServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http = new();

    private TokenServerProcess(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Scheme, host and port.</summary>
    public string Address { get; }

    public static async Task<TokenServerProcess> StartAsync()
    {
        var process = Process.Start(new ProcessStartInfo(DotNetHost.Path, [typeof(TokenServerProcess).Assembly.Location, "serve"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return new(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The token endpoint did not start."));
    }

    /// <summary>Returns the address of the token endpoint.</summary>
    public Uri TokenEndpoint(int delayMilliseconds = 0, int lifetimeSeconds = 3600) =>
        new($"{Address}/token?life={lifetimeSeconds}{(delayMilliseconds == 0 ? "" : $"&delay={delayMilliseconds}")}");

    /// <summary>Returns the number of token requests since the last call.</summary>
    public async Task<int> CountAsync() =>
        int.Parse(await _http.GetStringAsync(new Uri($"{Address}/count")), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
