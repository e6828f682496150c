using Google.Apis.Http;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>The HTTP clients of Google.Apis.Auth.</summary>
internal static class GoogleHttp
{
    /// <summary>Returns a factory of clients whose requests a handler of a test answers.</summary>
    public static HttpClientFromMessageHandlerFactory CreateFactory(Func<HttpMessageHandler> createHandler) =>
        new HttpClientFromMessageHandlerFactory(_ => new(createHandler(), performsAutomaticDecompression: false, handlesRedirect: false));
}
