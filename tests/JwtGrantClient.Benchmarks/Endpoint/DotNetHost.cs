namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>The dotnet host, which runs managed programs.</summary>
internal static class DotNetHost
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
}
