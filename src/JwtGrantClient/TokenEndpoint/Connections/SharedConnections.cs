using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// The connections of all clients of a container. Clients share them if the origin of their server, their client certificate and their timeout are equal;
/// trust and proxy are always those of the system. They are closed with the container, or when no client uses them any more.
/// </summary>
internal sealed class SharedConnections : IDisposable
{
    private readonly WeakTable<Key, TokenEndpointConnections> _connections = new();
    private readonly WeakTable<CertificateSource, ClientCertificate> _certificates = new();

    /// <summary>Gets the number of connection pools that clients use, and of those that were not removed yet.</summary>
    public int Count => _connections.Count;

    /// <summary>Returns the connections to a server.</summary>
    /// <param name="server">The token endpoint, or the issuer whose metadata contains it.</param>
    /// <param name="certificate">The client certificate, as <see cref="Share"/> returned it; null for none.</param>
    /// <param name="time">The clock for connects.</param>
    /// <param name="connectTimeout">The timeout of a connection.</param>
    public TokenEndpointConnections Get(Uri server, ClientCertificate? certificate, TimeProvider time, TimeSpan connectTimeout) => _connections.GetOrAdd(
        new(Origin.From(server), certificate, connectTimeout),
        time,
        static (key, time) => TokenEndpointConnections.Create(key.Certificate, new(time, key.ConnectTimeout)));

    /// <summary>Returns the certificate with the same source that another client uses, so that both notice when its file is replaced; or this one.</summary>
    public ClientCertificate Share(ClientCertificate certificate) => _certificates.GetOrAdd(certificate.Source, certificate, static (_, own) => own);

    public void Dispose() => _connections.All().ForEach(connections => connections.Dispose());

    private sealed record Key(Origin Origin, ClientCertificate? Certificate, TimeSpan ConnectTimeout);
}
