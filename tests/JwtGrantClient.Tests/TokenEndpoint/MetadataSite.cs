using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>An authorization server with metadata and a token endpoint, and a client that is configured with the issuer only.</summary>
internal sealed class MetadataSite : IAsyncDisposable
{
    private ScriptedServer _server = null!;
    private TokenEndpointClient _endpoint = null!;

    public Composition Client { get; private set; } = null!;

    public ObservedTime Time => Client.Time;

    /// <summary>The response to metadata requests; a test may set a failure.</summary>
    public RequestDelegate Metadata { get; set; } = null!;

    public IReadOnlyList<string> Requests => [.. _server.Requests.Select(sent => $"{sent.Method} {sent.Target}")];

    public int MetadataCalls => _server.Requests.Count(sent => sent.Method == "GET");

    /// <param name="path">The path of the issuer, after the address of the server.</param>
    /// <param name="failures">The responses to the first metadata requests.</param>
    public static Task<MetadataSite> StartAsync(string path, params RequestDelegate[] failures) => StartAsync(path, limitOrigins: false, failures);

    /// <param name="path">The path of the issuer, after the address of the server.</param>
    /// <param name="limitOrigins">Whether the client allows only endpoints at the origin of the server.</param>
    /// <param name="failures">The responses to the first metadata requests.</param>
    public static async Task<MetadataSite> StartAsync(string path, bool limitOrigins, params RequestDelegate[] failures)
    {
        var site = new MetadataSite();
        var remaining = new Queue<RequestDelegate>(failures);
        site._server = await ScriptedServer.StartAsync(
            context => context.Request.Method == "POST" ? Reply.Token(context)
                : remaining.TryDequeue(out var failure) ? failure(context)
                : site.Metadata(context));
        var issuer = site._server.Address + path;
        site.Metadata = Reply.Json(200, $$"""{"issuer":"{{issuer}}","token_endpoint":"{{site._server.TokenEndpoint}}"}""");
        site.Client = new() { Issuer = issuer, Origins = limitOrigins ? [site._server.Address] : [] };
        site._endpoint = site.Client.Build();
        return site;
    }

    /// <summary>Requests a token with the one client, which caches the metadata.</summary>
    public async Task RequestAsync()
    {
        var response = await _endpoint.RequestAsync(Client.JwtBearer(), TestContext.Current.CancellationToken).WaitAsync(ObservedTime.RealTimeout);

        Assert.Equal("abc", response.AccessToken.Value);
    }

    /// <summary>Requests a token, and waits for the metadata refresh if the request started one.</summary>
    public async Task RequestAndRefreshAsync()
    {
        await RequestAsync();
        await Time.WaitForAttemptsAsync();
    }

    /// <summary>Requests a token. An hour later, when the metadata is due, it names another token endpoint.</summary>
    public async Task RequestAndMoveAsync(string tokenEndpoint)
    {
        await RequestAsync();
        Time.Advance(TimeSpan.FromHours(1));
        Metadata = Reply.Json(200, $$"""{"issuer":"{{Client.Issuer}}","token_endpoint":"{{tokenEndpoint}}"}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
