using Google.Apis.Http;

namespace Adapters.Demo;

/// <summary>Lets Google's clients send their requests to the emulated APIs.</summary>
internal sealed class DemoHttpClientFactory(DemoApis apis) : HttpClientFactory
{
    protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => apis.CreateHandler();
}
