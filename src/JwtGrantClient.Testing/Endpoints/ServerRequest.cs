namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A request, whichever way it came: by a socket or in memory.</summary>
internal sealed record ServerRequest(
    string Method, string Path, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>Whether it came by the listener for mutual TLS.</summary>
    public bool IsMutualTls { get; init; }

    /// <summary>The thumbprint of the client certificate on the connection; null for none.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>More bytes than an honest token request needs. Whoever reads the body off the wire need read no further.</summary>
    public const int MaximumBody = 1 << 20;

    /// <summary>The header's value; several are one list (RFC 9110 section 5.2), and so no longer what a single one would be.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }
}
