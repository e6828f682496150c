using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The connections of all clients of a container. Clients share them if the origin of their server, their client certificate, the file of CAs that they
/// trust and their timeout are equal; the proxy is always that of the system. They are closed with the container, or when no client uses them any more.
/// </summary>
internal sealed class SharedConnections : IDisposable
{
    private readonly WeakTable<Key, TokenEndpointConnections> _connections = new();
    private readonly WeakTable<CertificateSource, ClientCertificate> _certificates = new();
    private readonly WeakTable<string, TrustedCertificates> _trusted = new();

    /// <summary>Gets the number of connection pools that clients use, and of those that were not removed yet.</summary>
    public int Count => _connections.Count;

    /// <summary>Returns the connections to a server.</summary>
    /// <param name="server">The token endpoint, or the issuer whose metadata contains it.</param>
    /// <param name="certificate">The client certificate, as <see cref="Share(ClientCertificate)"/> returned it; null for none.</param>
    /// <param name="trusted">The certificates of CAs that are trusted, as <see cref="Share(TrustedCertificates)"/> returned them; null for those of the machine.</param>
    /// <param name="time">The clock for connects.</param>
    /// <param name="connectTimeout">The timeout of a connection.</param>
    public TokenEndpointConnections Get(
        Uri server, ClientCertificate? certificate, TrustedCertificates? trusted, TimeProvider time, TimeSpan connectTimeout) => _connections.GetOrAdd(
        new(Origin.From(server), certificate, trusted, connectTimeout),
        time,
        static (key, time) => TokenEndpointConnections.Create(key.Certificate, key.Trusted, new(time, key.ConnectTimeout)));

    /// <summary>Returns the certificate with the same source that another client uses, so that both notice when its file is replaced; or this one.</summary>
    public ClientCertificate Share(ClientCertificate certificate) => _certificates.GetOrAdd(certificate.Source, certificate, static (_, own) => own);

    /// <summary>Returns the certificates of the same file that another client uses; or these.</summary>
    public TrustedCertificates Share(TrustedCertificates trusted) => _trusted.GetOrAdd(trusted.Path, trusted, static (_, own) => own);

    public void Dispose() => _connections.All().ForEach(connections => connections.Dispose());

    private sealed record Key(Origin Origin, ClientCertificate? Certificate, TrustedCertificates? Trusted, TimeSpan ConnectTimeout);
}
