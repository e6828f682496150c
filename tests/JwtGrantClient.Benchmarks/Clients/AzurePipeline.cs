using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>The pipeline of Azure.Core over an API, with or without the policy that attaches tokens to requests.</summary>
internal sealed class AzurePipeline : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpPipeline _pipeline;

    public AzurePipeline(HttpMessageHandler api, TokenCredential? credential)
    {
        _http = new(api);
        _pipeline = new(
            new HttpClientTransport(_http),
            credential is null ? [] : [new BearerTokenAuthenticationPolicy(credential, "https://api.example.com/.default")]);
    }

    public Response Send(Uri address)
    {
        var request = _pipeline.CreateRequest();
        request.Method = RequestMethod.Get;
        request.Uri.Reset(address);
        var pending = _pipeline.SendRequestAsync(request, CancellationToken.None);
        return pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
    }

    public void Dispose() => _http.Dispose();
}
