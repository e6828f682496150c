namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Sends requests over connections that trust the certificates of a file. After the file has changed, requests use new connections. The old ones are closed
/// when their last request has its response.
/// </summary>
/// <param name="trusted">The file.</param>
/// <param name="create">Creates the handler of connections that trust the certificates.</param>
internal sealed class ReloadingTrustHandler(TrustedCertificates trusted, Func<TrustedRoots, SocketsHttpHandler> create) : HttpMessageHandler
{
    private readonly Lock _changing = new();
    private Connections? _current;
    private bool _isDisposed;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connections = Enter(trusted.Current);
        try
        {
            return await connections.Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(connections);
        }
    }

    protected override void Dispose(bool disposing)
    {
        Connections? last;
        lock (_changing)
        {
            _isDisposed = true;
            (last, _current) = (_current, null);
        }
        last?.Http.Dispose();
        base.Dispose(disposing);
    }

    private Connections Enter(TrustedRoots roots)
    {
        Connections current;
        Connections? unused = null;
        lock (_changing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            // Another request may have read a newer content of the file in the meantime.
            if (_current is null || _current.Version < roots.Version)
            {
                if (_current is { Requests: 0 })
                    unused = _current;
#pragma warning disable CA2000 // Disposed with the object that owns it.
                _current = new(new(create(roots)), roots.Version);
#pragma warning restore CA2000
            }
            current = _current;
            current.Requests++;
        }
        unused?.Http.Dispose();
        return current;
    }

    private void Leave(Connections connections)
    {
        bool isUnused;
        lock (_changing)
            isUnused = --connections.Requests == 0 && connections != _current;
        // A response that is still being read keeps its connection, which is closed afterwards.
        if (isUnused)
            connections.Http.Dispose();
    }

    /// <summary>The connections that trust one content of the file, and the number of requests that wait for a response.</summary>
    private sealed class Connections(HttpMessageInvoker http, int version)
    {
        public HttpMessageInvoker Http => http;

        public int Version => version;

        public int Requests { get; set; }
    }
}
