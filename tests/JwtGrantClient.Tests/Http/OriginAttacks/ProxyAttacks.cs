using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http.OriginAttacks;

/// <summary>A proxy receives http requests to this machine in clear text.</summary>
internal static class ProxyAttacks
{
    public static IEnumerable<(string Name, Func<AttackLab, Task> Run)> All =>
    [
        ("a proxy of SocketsHttpHandler", lab => SendAsync(lab, () => new SocketsHttpHandler { Proxy = new WebProxy(lab.Other) })),
        ("a proxy of HttpClientHandler", lab => SendAsync(lab, () => new HttpClientHandler { Proxy = new WebProxy(lab.Other) })),
        ("a proxy with a bypass list for others", lab => SendAsync(lab, () => new SocketsHttpHandler { Proxy = new WebProxy(lab.Other, BypassOnLocal: false, ["10\\..*"]) })),
        ("a proxy behind a handler of the application", lab => SendAsync(lab, () => new ApplicationHandler((request, next) => next(request))
        {
            InnerHandler = new SocketsHttpHandler { Proxy = new WebProxy(lab.Other) },
        })),
        ("a proxy that a redirect of the API leads to", async lab =>
        {
            lab.OnApi = (http, _) => AttackLab.Redirect(http, "/next");
            await SendAsync(lab, () => new SocketsHttpHandler { Proxy = new WebProxy(lab.Other) });
        }),
        ("a proxy of the process", async lab =>
        {
            var original = HttpClient.DefaultProxy;
            HttpClient.DefaultProxy = new ProxyForOneServer(new(lab.Api), new(lab.Other), original);
            try
            {
                await SendAsync(lab, () => new SocketsHttpHandler());
            }
            finally
            {
                HttpClient.DefaultProxy = original;
            }
        }),
    ];

    private static Task SendAsync(AttackLab lab, Func<HttpMessageHandler> primary)
    {
        lab.Primary = primary;
        return lab.GetAsync("reports");
    }

    /// <summary>A proxy for one server. Tests that run at the same time are not affected.</summary>
    private sealed class ProxyForOneServer(Uri server, Uri proxy, IWebProxy others) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination.Port == server.Port ? proxy : others.GetProxy(destination);

        public bool IsBypassed(Uri host) => host.Port != server.Port && others.IsBypassed(host);
    }
}
