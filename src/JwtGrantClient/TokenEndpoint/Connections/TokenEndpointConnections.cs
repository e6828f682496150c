using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The connections to authorization servers: those of the built-in handler, which clients share (<see cref="SharedConnections"/>), or those of a handler
/// that the application configures for one client.
/// </summary>
internal sealed class TokenEndpointConnections : IDisposable
{
    private readonly HttpMessageInvoker _http, _loopback;
    private readonly LoopbackProxy _loopbackProxy;
    private readonly bool _marksRequests;

    /// <param name="handler">Sends the requests.</param>
    /// <param name="loopbackHandler">Sends the requests to servers on this machine; null to use <paramref name="handler"/>.</param>
    /// <exception cref="JwtGrantException">The handler follows redirects or is a chain, and cannot be changed because it is in use.</exception>
    public TokenEndpointConnections(HttpMessageHandler handler, HttpMessageHandler? loopbackHandler = null)
    {
        _marksRequests = SingleSendHandler.AddTo(handler);
        _http = new(handler);
        _loopback = loopbackHandler is null ? _http : new(loopbackHandler);
        _loopbackProxy = new(loopbackHandler ?? handler);
    }

    /// <summary>Gets what to do if a server and this client do not accept the certificates of each other.</summary>
    public string TlsAdvice { get; private init; } =
        "The handler of the token endpoint decides which certificates are trusted: if a private CA issued that of the server, make the handler trust it. If the server requires a client certificate, check that the handler presents one that the server accepts.";

#pragma warning disable CA2000 // The connections own and dispose their handlers.
    /// <summary>Creates the connections of the built-in handler.</summary>
    /// <param name="certificate">The client certificate (RFC 8705); null for none.</param>
    /// <param name="trusted">The certificates of CAs that are trusted; null for those of the machine.</param>
    /// <param name="connect">Makes the connections.</param>
    public static TokenEndpointConnections Create(ClientCertificate? certificate, TrustedCertificates? trusted, StaggeredConnect connect)
    {
        return new(Create(useProxy: true), Create(useProxy: false))
        {
            TlsAdvice = (trusted is null
                ? "If a private CA issued the server's certificate, set TrustedCertificates to a file with the certificate of that CA."
                : $"Only the CAs in the file {SettingText.QuotePath(trusted.Path)} (TrustedCertificates) are trusted: check that it has the root certificate of the server's CA.")
                + " If the server requires a client certificate, check that it accepts the one of ClientCertificate.",
        };

        HttpMessageHandler Create(bool useProxy) => trusted is null
            ? CreateHandler(certificate, useProxy, connect)
            : new ReloadingTrustHandler(trusted, roots => CreateHandler(certificate, useProxy, connect, roots));
    }
#pragma warning restore CA2000

    /// <summary>Creates the default handler.</summary>
    /// <param name="certificate">The client certificate of the connections (RFC 8705); null for none.</param>
    /// <param name="useProxy">Whether the system's proxy is used.</param>
    /// <param name="connect">Makes the connections; null for one with the default timeout.</param>
    /// <param name="roots">The certificates of CAs that are trusted; null for those of the machine.</param>
    public static SocketsHttpHandler CreateHandler(
        ClientCertificate? certificate = null, bool useProxy = true, StaggeredConnect? connect = null, TrustedRoots? roots = null) => new()
    {
        ConnectCallback = CreateConnectCallback(connect ?? new(TimeProvider.System, new RetryOptions().ConnectTimeout)),
        UseProxy = useProxy,
        // A 307 would carry the assertion to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
        Credentials = null,
        PreAuthenticate = false,
        // DNS changes take effect within this time.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // Without AutomaticDecompression: token responses are short, and it adds three decoders to a native program. ResponseBodyReader decodes
        // what a server compresses without being asked.
        SslOptions = new()
        {
            LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate.ForConnection(),
            CertificateChainPolicy = roots?.CreatePolicy(),
        },
    };

    /// <summary>Gets the metadata that was read over these connections, which the clients share like the connections.</summary>
    public WeakTable<IssuerMetadataKey, IssuerMetadata> Metadata { get; } = new();

    /// <summary>Sends a request.</summary>
    /// <exception cref="JwtGrantException">The request is for this machine and would go to a proxy.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _loopbackProxy.EnsureNotUsed(request.RequestUri!);
        if (_marksRequests)
            SingleSendHandler.Mark(request);
        var http = _loopback != _http && LoopbackProxy.IsLoopback(request.RequestUri!) ? _loopback : _http;
        return http.SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        _http.Dispose();
        _loopback.Dispose();
    }

    // For a proxy, the end point is that of the proxy.
    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> CreateConnectCallback(StaggeredConnect connect) =>
        (context, cancellationToken) => connect.ConnectAsync(context.DnsEndPoint, cancellationToken);
}
