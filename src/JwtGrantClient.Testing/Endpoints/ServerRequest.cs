namespace JwtGrantClient.Testing.Endpoints;

/// <summary>A request, received by a socket or in memory.</summary>
internal sealed record ServerRequest(
    string Method, string Path, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The record of the request, which the router creates; null before.</summary>
    public RecordedRequest? Record { get; set; }

    /// <summary>Whether the request came through the listener for mutual TLS.</summary>
    public bool IsMutualTls { get; init; }

    /// <summary>The thumbprint of the client certificate on the connection; null for none.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>The longest body that is accepted: 1 MiB. A listener does not need to read more.</summary>
    public const int MaxBodyLength = 1 << 20;

    /// <summary>
    /// Returns the value of a header; null if it is missing. Repeated headers are joined to a list (RFC 9110 section 5.2), which is then
    /// invalid where a single value is expected.
    /// </summary>
    public string? Header(string name)
    {
        string? value = null;
        for (var i = 0; i < Headers.Count; i++)
            if (Headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                value = value is null ? Headers[i].Value : $"{value}, {Headers[i].Value}";
        return value;
    }
}
