using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>An authorization server with metadata and a token endpoint, and a client that knows its issuer only.</summary>
internal sealed class MetadataSite : IAsyncDisposable
{
    private ScriptedServer _server = null!;
    private TokenEndpointClient _endpoint = null!;

    public Composition Client { get; private set; } = null!;

    public ObservedTime Time => Client.Time;

    /// <summary>Answers metadata requests from now on; a test may put a failure here.</summary>
    public RequestDelegate Metadata { get; set; } = null!;

    public IReadOnlyList<string> Log => [.. _server.Requests.Select(sent => $"{sent.Method} {sent.Target}")];

    public int MetadataCalls => _server.Requests.Count(sent => sent.Method == "GET");

    /// <param name="path">The issuer's, after the address.</param>
    /// <param name="failures">Answers to the first metadata requests.</param>
    public static async Task<MetadataSite> StartAsync(string path, params RequestDelegate[] failures)
    {
        var site = new MetadataSite();
        var left = new Queue<RequestDelegate>(failures);
        site._server = await ScriptedServer.StartAsync(
            context => context.Request.Method == "POST" ? Reply.Token(context)
                : left.TryDequeue(out var failure) ? failure(context)
                : site.Metadata(context));
        var issuer = site._server.Address + path;
        site.Metadata = Reply.Json(200, $$"""{"issuer":"{{issuer}}","token_endpoint":"{{site._server.TokenEndpoint}}"}""");
        site.Client = new() { Issuer = issuer };
        site._endpoint = site.Client.Build();
        return site;
    }

    /// <summary>Obtains a token with one client, which keeps the metadata.</summary>
    public async Task RequestAsync()
    {
        var response = await _endpoint.RequestAsync(Client.JwtBearer(), TestContext.Current.CancellationToken).WaitAsync(ObservedTime.RealTimeout);

        Assert.Equal("abc", response.AccessToken.Value);
    }

    /// <summary>Obtains a token, and sees the renewal of the metadata to its end where that began one.</summary>
    public async Task RequestAndRenewAsync()
    {
        await RequestAsync();
        await Time.NoDeadlineAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
