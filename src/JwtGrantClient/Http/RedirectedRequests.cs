using System.Runtime.CompilerServices;

namespace JwtGrantClient.Http;

/// <summary>
/// Where redirected requests were first addressed. A redirect rewrites the request's own address, and an outer retry brings the same
/// message again; the token must not follow. Only redirected requests cost anything.
/// </summary>
internal sealed class RedirectedRequests
{
    private readonly ConditionalWeakTable<HttpRequestMessage, Uri> _first = [];
    private volatile bool _areThereAny;

    public Uri? FirstAddressOf(HttpRequestMessage request) =>
        _areThereAny && _first.TryGetValue(request, out var first) ? first : request.RequestUri;

    public void Remember(HttpRequestMessage request, Uri first)
    {
        _first.AddOrUpdate(request, first);
        _areThereAny = true;
    }
}
