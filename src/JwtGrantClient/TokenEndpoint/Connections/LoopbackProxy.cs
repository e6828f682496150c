using System.Net;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Keeps requests for servers on this machine away from proxies. A proxy variable such as HTTP_PROXY applies to localhost, too, so that a request over
/// http would leave the machine in clear text.
/// </summary>
/// <param name="handler">Sends the requests. If it is a chain, its last handler connects to the server.</param>
internal sealed class LoopbackProxy(HttpMessageHandler handler)
{
    private readonly HttpMessageHandler _connector = HandlerChain.From(handler).Connector;

    /// <summary>
    /// Returns whether the host is localhost, a name below localhost (RFC 6761 section 6.3), or a loopback address. These are more hosts than those that
    /// may use http (<see cref="JwtGrantClient.Protocol.EndpointUrl.IsLoopback"/>): none of them is sent to a proxy.
    /// </summary>
    public static bool IsLoopback(Uri uri)
    {
        if (uri.HostNameType != UriHostNameType.Dns)
            return IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address);
        var host = uri.Host.AsSpan().TrimEnd('.');
        return host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal);
    }

    /// <summary>
    /// Throws if the handler would send a request over http for this machine to a proxy. Handlers that are not of .NET are not checked.
    /// </summary>
    /// <exception cref="JwtGrantException">The handler would use a proxy.</exception>
    public void EnsureNotUsed(Uri target)
    {
        if (target.Scheme == Uri.UriSchemeHttp && IsLoopback(target) && Find(_connector, target) is { } address)
            throw JwtGrantException.Configuration(
                "loopback_proxy",
                $"The request to '{target.GetLeftPart(UriPartial.Authority)}' was not sent: the token endpoint is on this machine, but its handler would send the request in clear text to the proxy '{address.Authority}'. Set UseProxy to false on the handler, or exclude this host from the proxy.");
    }

    /// <summary>Returns the proxy that a handler would send a request to; null if it connects directly, or if it is not of .NET.</summary>
    public static Uri? Find(HttpMessageHandler? connector, Uri target)
    {
        var proxy = connector switch
        {
            SocketsHttpHandler { UseProxy: true } sockets => sockets.Proxy ?? HttpClient.DefaultProxy,
            HttpClientHandler { UseProxy: true } client => client.Proxy ?? HttpClient.DefaultProxy,
            _ => null,
        };
        try
        {
            // A proxy that returns the destination itself stands for a direct connection.
            return proxy is not null && !proxy.IsBypassed(target) && proxy.GetProxy(target) is { } address && address != target ? address : null;
        }
#pragma warning disable CA1031 // SocketsHttpHandler ignores any failure of a proxy, too, and connects directly.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
