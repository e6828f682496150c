using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using JwtGrantClient.Tests.Conventions;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>
/// A real server of the Redis protocol in its own process, on a free port of 127.0.0.1: Garnet, which is a local dotnet tool, or redis-server if it
/// is installed.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    public const string Garnet = "garnet", Redis = "redis";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly SemaphoreSlim RestoreLock = new(1);

    private readonly string _kind;
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-server-").FullName;
    private Process? _process;

    private RedisServer(string kind) => _kind = kind;

    /// <summary>The servers that are available. CI installs redis-server, so its absence on CI fails the test.</summary>
    public static TheoryData<string> Kinds => HasRedis || IsCi ? [Garnet, Redis] : [Garnet];

    public int Port { get; } = FreePort();

    /// <summary>The configuration for StackExchange.Redis, with short timeouts, fast reconnection, and no wait for a server that is down.</summary>
    public string Configuration => $"127.0.0.1:{Port},abortConnect=false,connectTimeout=500,syncTimeout=500,asyncTimeout=500,connectRetry=1";

    /// <summary>The configuration for a test in which the server works, however slow the machine is.</summary>
    public string PatientConfiguration => $"127.0.0.1:{Port},abortConnect=false,connectTimeout=30000,syncTimeout=30000,asyncTimeout=30000";

    private static bool HasRedis => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") == "true";

    public static async Task<RedisServer> StartAsync(string kind)
    {
        if (kind == Garnet)
            await RestoreAsync();
        var server = new RedisServer(kind);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts the server, after a kill on the same port, and waits until it responds.</summary>
    public async Task StartAsync()
    {
        _process = Run(_kind == Garnet
            ? Command("dotnet", "exec", GarnetPath(), "--port", $"{Port}", "--bind", "127.0.0.1", "--memory", "64m", "--page", "1m", "--index", "1m")
            : Command("redis-server", "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder));
        var elapsed = Stopwatch.StartNew();
        while (!await RespondsAsync())
        {
            Assert.False(_process.HasExited, $"{_kind} exited during its start.");
            Assert.True(elapsed.Elapsed < StartTimeout, $"{_kind} does not respond on port {Port}.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void Kill()
    {
        _process!.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Suspends the server. Connections stay open, but it does not respond.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    public ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return default;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Run(Command("kill", $"-{signal}", $"{_process!.Id}"));
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    // A connection is not enough: a server that is starting can accept it without responding.
    private async Task<bool> RespondsAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            return await client.GetStream().ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static async Task RestoreAsync()
    {
        await RestoreLock.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (File.Exists(GarnetPath()))
                return;
            using var restore = Run(Command("dotnet", "tool", "restore"));
            await restore.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, restore.ExitCode);
        }
        finally
        {
            RestoreLock.Release();
        }
    }

    // Not `dotnet tool run`: its child process is hard to stop and to pause.
    private static string GarnetPath()
    {
        using var manifest = JsonDocument.Parse(SourceTree.Read(".config/dotnet-tools.json"));
        var version = manifest.RootElement.GetProperty("tools").GetProperty("garnet-server").GetProperty("version").GetString()!;
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Path.Combine(packages, "garnet-server", version, "tools", "net10.0", "any", "GarnetServer.dll");
    }

    private static ProcessStartInfo Command(string name, params string[] arguments) =>
        new(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SourceTree.Root };

    private static Process Run(ProcessStartInfo command)
    {
        try
        {
            var process = Process.Start(command)!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{command.FileName} cannot be started. CI installs it; see .ci/run.", e);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
