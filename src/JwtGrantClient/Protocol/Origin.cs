namespace JwtGrantClient.Protocol;

/// <summary>
/// The origin of a URI (RFC 6454 section 4): scheme, host and port. The host is in ASCII (IDNA), as it is in DNS, in TLS and on the wire, and the
/// user name and password of a URI do not belong to its origin.
/// </summary>
internal sealed record Origin
{
    private readonly string _scheme, _host;
    private readonly int _port;
    private readonly string _text;

    private Origin(Uri uri)
    {
        (_scheme, _host, _port) = (uri.Scheme, AsciiHost(uri), uri.Port);
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{_host}]" : _host;
        _text = uri.IsDefaultPort ? $"{_scheme}://{host}" : $"{_scheme}://{host}:{_port}";
    }

    /// <summary>
    /// Returns a description of what is wrong with a configured origin, or null if it is valid. A path would look like a limit, but what is sent to an
    /// origin is valid for every path there.
    /// </summary>
    /// <param name="origin">The origin.</param>
    /// <param name="allowLoopbackHttp">Whether http is allowed to this machine.</param>
    /// <param name="example">A valid origin for the same setting.</param>
    /// <param name="setting">The name of the setting that allows http to this machine.</param>
    public static string? Problem(string origin, bool allowLoopbackHttp, string example, string setting) =>
        EndpointUrl.Problem(origin, allowLoopbackHttp, example, setting)
        ?? (new Uri(origin).PathAndQuery != "/"
            ? $"{SettingText.QuoteUrl(origin)} has a path or a query; an origin consists of scheme, host and port. Remove the path and the query"
            : null);

    /// <summary>Returns the origin of an absolute URI.</summary>
    public static Origin From(Uri uri) => new(uri);

    /// <summary>Returns whether two absolute URIs have the same origin, without creating objects.</summary>
    public static bool AreSame(Uri one, Uri other) =>
        ReferenceEquals(one, other) || (one.Port == other.Port && one.Scheme == other.Scheme && AsciiHost(one) == AsciiHost(other));

    /// <summary>Returns whether an absolute URI has this origin, without creating objects.</summary>
    public bool Includes(Uri uri) => uri.Port == _port && uri.Scheme == _scheme && AsciiHost(uri) == _host;

    /// <summary>Returns the origin as scheme, host and port, without the default port.</summary>
    public override string ToString() => _text;

    private static string AsciiHost(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            // A host that has no form in ASCII cannot be connected to. It equals only itself.
            return uri.Host;
        }
    }
}
