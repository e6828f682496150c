using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Http.Logging;

namespace JwtGrantClient.Http;

/// <summary>The handlers after an <see cref="AccessTokenHandler"/>. They are known when the first request is sent, and do not change afterwards.</summary>
/// <param name="Last">The handler that sends requests; null if there is none.</param>
/// <param name="HasInnermost">
/// Whether an <see cref="InnermostHandler"/> is before it. It is not needed if no handler in between can repeat a request or change its URI.
/// </param>
internal sealed record DownstreamHandlers(HttpMessageHandler? Last, bool HasInnermost)
{
    private static readonly Lock Completing = new();

    /// <summary>
    /// Completes the handlers after <paramref name="first"/>: an <see cref="InnermostHandler"/> if it is needed, and handlers that hide the token from loggers.
    /// </summary>
    /// <param name="first">The handler that adds the token.</param>
    /// <param name="header">The header with the token.</param>
    /// <param name="isTracing">Returns whether IHttpClientFactory logs headers; null if it is not known.</param>
    public static DownstreamHandlers Complete(DelegatingHandler first, TokenHeader header, Func<bool>? isTracing)
    {
        lock (Completing)
        {
            var (parent, lastThatMayChange) = (first, first);
            while (parent.InnerHandler is DelegatingHandler next)
            {
                // A derived class may change a request, so the token must be checked behind it.
                if (next is LoggingHttpMessageHandler logger && LoggedHeaders.IsOnlyFor(logger))
                    LoggedHeaders.HideFrom(parent, logger, header.Name, isTracing);
                parent = next;
                if (!LoggedHeaders.IsOnlyFor(next))
                    lastThatMayChange = next;
            }
            var last = parent.InnerHandler;
            var hasInnermost = lastThatMayChange != first && (lastThatMayChange is InnermostHandler || TryInsertAfter(lastThatMayChange));
            return new(last, hasInnermost);
        }
    }

    /// <summary>
    /// Throws if an http request, which is for this machine, would go to a proxy: the proxy would receive the token in clear text. Other handlers than
    /// those of .NET, such as test servers, are not known to use a proxy.
    /// </summary>
    /// <exception cref="JwtGrantException">The last handler would use a proxy.</exception>
    public void EnsureNoProxy(Uri target)
    {
        if (target.Scheme != Uri.UriSchemeHttp)
            return;
        if (LoopbackProxy.Find(Last, target) is { } address)
            throw JwtGrantException.Configuration(
                "loopback_proxy",
                $"The request was not sent: {Origin.From(target)} is on this machine, but the HTTP handler would send the token in clear text to the proxy {Origin.From(address)}. Set UseProxy to false on the handler, add '{target.Host}' to the environment variable NO_PROXY, or use https.");
    }

    /// <summary>
    /// Throws if the last handler follows redirects, which would take a header other than Authorization to another origin. Other handlers than those of .NET
    /// are not known to follow redirects.
    /// </summary>
    /// <exception cref="JwtGrantException">The last handler follows redirects.</exception>
    public void EnsureNoRedirects(string header)
    {
        if (Last is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true })
            throw JwtGrantException.Configuration(
                "redirects_followed",
                $"The request was not sent: the {Last.GetType().Name} follows redirects, which would take the token in the header {header} to another origin; only Authorization is removed then. Set AllowAutoRedirect to false on the handler.");
    }

    /// <summary>Turns off the redirects of the last handler, before it has sent requests.</summary>
    public static void TurnOffRedirects(HttpMessageHandler handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
            handler = inner;
        if (handler is SocketsHttpHandler sockets)
            sockets.AllowAutoRedirect = false;
        else if (handler is HttpClientHandler client)
            client.AllowAutoRedirect = false;
    }

    private static bool TryInsertAfter(DelegatingHandler parent)
    {
        if (parent.InnerHandler is not { } last)
            return false;
        try
        {
#pragma warning disable CA2000 // The handler before it disposes it.
            parent.InnerHandler = new InnermostHandler { InnerHandler = last };
#pragma warning restore CA2000
            return true;
        }
        catch (InvalidOperationException)
        {
            // Another client has sent requests through these handlers already. The token is then added and checked by AccessTokenHandler alone.
            return false;
        }
    }
}

/// <summary>The last handler that can change a request before it is sent. It applies the <see cref="TokenUse"/> of a request to each send.</summary>
internal sealed class InnermostHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        TokenUse.Of(request) is { } use
            ? use.SendAsync(request, base.SendAsync, cancellationToken)
            : base.SendAsync(request, cancellationToken);
}
