using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace Fleet;

/// <summary>The authorization server, the Redis server and the key ring folder that the pods use, all on this machine.</summary>
internal sealed class DemoServers : IAsyncDisposable
{
    private readonly DirectoryInfo _keyRing = Directory.CreateTempSubdirectory("fleet-key-ring-");
    private readonly RSA _key = RSA.Create(2048);
    private readonly List<Process> _processes = [];

    public StrictAuthorizationServer Server { get; private set; } = null!;

    public string Redis { get; private set; } = "";

    public static async Task<DemoServers> StartAsync(string? redis)
    {
        var servers = new DemoServers { Server = await StrictAuthorizationServer.StartAsync() };
        servers.Server.RegisterClient(new() { Id = "fleet", PublicKeyPem = servers._key.ExportSubjectPublicKeyInfoPem() });
        servers.Redis = redis ?? await servers.StartGarnetAsync();
        return servers;
    }

    /// <summary>Starts a pod and returns the first line of its output.</summary>
    public async Task<string> StartPodAsync(int number)
    {
        // If the dotnet host runs this program, its first argument is the path of the program.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Pod).Assembly.Location] : [];
        var pod = new ProcessStartInfo(Environment.ProcessPath!, [.. program, "pod", $"{number}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        pod.Environment["FLEET_REDIS"] = Redis;
        pod.Environment["FLEET_KEY_RING"] = _keyRing.FullName;
        pod.Environment["FLEET_ISSUER"] = Server.Issuer;
        pod.Environment["FLEET_KEY"] = _key.ExportPkcs8PrivateKeyPem();
        return await Start(pod).StandardOutput.ReadLineAsync() ?? $"pod {number} ended without output";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }
        await Server.DisposeAsync();
        _key.Dispose();
        _keyRing.Delete(recursive: true);
    }

    // Garnet is a server for the Redis protocol and a dotnet tool. dotnet finds .config/dotnet-tools.json in the parent folders of this program.
    private async Task<string> StartGarnetAsync()
    {
        using var restore = Process.Start(new ProcessStartInfo("dotnet", ["tool", "restore"])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
        })!;
        await restore.StandardOutput.ReadToEndAsync();
        var port = FreePort();
        Start(new("dotnet", ["tool", "run", "garnet-server", "--port", $"{port}", "--bind", "127.0.0.1", "--memory", "64m", "--page", "1m", "--index", "1m"])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
        }).BeginOutputReadLine();
        while (!await AcceptsConnectionsAsync(port))
            await Task.Delay(100);
        return $"127.0.0.1:{port}";
    }

    private Process Start(ProcessStartInfo command)
    {
        var process = Process.Start(command)!;
        _processes.Add(process);
        return process;
    }

    private static async Task<bool> AcceptsConnectionsAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
