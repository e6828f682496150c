namespace Providers.Demo;

/// <summary>
/// The providers and their APIs in this process. The clients use their real addresses, and <see cref="CreateHandler"/> takes the place of the network: no
/// account is needed, and nothing leaves the machine.
/// </summary>
internal sealed class DemoProviders : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("providers-");
    private readonly DemoProvider[] _all = [new DemoGoogle(), new DemoEntra(), new DemoSalesforce(), new DemoGitHub()];

    private DemoProviders()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "keys"));
        foreach (var provider in _all)
            provider.Register(_folder.FullName);
        // The paths in appsettings.json are relative to it.
        Environment.CurrentDirectory = _folder.FullName;
    }

    public static DemoProviders Start() => new();

    public HttpMessageHandler CreateHandler() => new Network(_all);

    /// <summary>Prints the result and returns the exit code: 0 if each client got one token, with which each API accepted two requests.</summary>
    public int Report()
    {
        var isExpected = Array.TrueForAll(_all, provider => provider.Tokens == provider.ExpectedTokens && provider.AcceptedCalls == 2 * provider.ExpectedTokens);
        Console.WriteLine(isExpected ? "Each client got one token from its provider, and each API accepted it twice." : "Unexpected result.");
        return isExpected ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        Environment.CurrentDirectory = AppContext.BaseDirectory;
        foreach (var provider in _all)
            await provider.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private sealed class Network(DemoProvider[] providers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Array.Find(providers, provider => provider.HasHost(request.RequestUri!.Host)) is { } provider
                ? provider.RespondAsync(request, cancellationToken)
                : throw new HttpRequestException($"The demo has no host {request.RequestUri!.Host}.");
    }
}
