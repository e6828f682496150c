using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>The origins that may receive the token. A request to any other origin fails before a token is acquired.</summary>
internal sealed class AllowedOrigins
{
    private const string HostHeader = "Host";

    // The option of the same name in the client's settings applies to the handler only through AddJwtGrantToken.
    private const string LoopbackSetting = $"{nameof(AccessTokenHandlerOptions)}.{nameof(AccessTokenHandlerOptions.AllowLoopbackHttp)}";

    private readonly Origin[] _configured;
    private readonly bool _allowLoopbackHttp;
    private readonly BaseAddresses? _baseAddresses;

    /// <param name="configured">The value of AllowedOrigins.</param>
    /// <param name="allowLoopbackHttp">Whether http is allowed to this machine.</param>
    /// <param name="baseAddresses">The base addresses of the HttpClients; null if they are not known.</param>
    /// <exception cref="JwtGrantException">An origin is not an absolute URL, is not https, or has a path or a query.</exception>
    public AllowedOrigins(IEnumerable<string> configured, bool allowLoopbackHttp, BaseAddresses? baseAddresses = null)
    {
        _baseAddresses = baseAddresses;
        _allowLoopbackHttp = allowLoopbackHttp;
        _configured = [.. configured.Select(origin => Origin.Problem(origin, allowLoopbackHttp, "https://api.example.com", LoopbackSetting) is { } problem
            ? throw JwtGrantException.Configuration("allowed_origin_invalid", $"AllowedOrigins: {problem}.")
            : Origin.From(new(origin)))];
    }

    /// <summary>Throws if the token may not be sent to a request's current URI.</summary>
    /// <param name="request">The request.</param>
    /// <param name="original">The URI that the caller set. A redirect or another handler can replace the request's URI.</param>
    /// <exception cref="JwtGrantException">The token may not be sent.</exception>
    public void EnsureAllowed(HttpRequestMessage request, Uri? original)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } target || original is not { IsAbsoluteUri: true })
            throw NotAllowed("The request was not sent: its URI is not absolute. Set BaseAddress in AddHttpClient, or use an absolute URI for the request.");
        if (target.Scheme != Uri.UriSchemeHttps && !(target.Scheme == Uri.UriSchemeHttp && _allowLoopbackHttp && EndpointUrl.IsLoopback(target)))
            throw NotAllowed(
                Origin.From(target),
                EndpointUrl.IsLoopback(target)
                    ? $"Use https, or set {LoopbackSetting} to true for a server on this machine; with AddJwtGrantToken, AllowLoopbackHttp in the settings of the client has the same effect."
                    : "Use https.");
        if (!Origin.AreSame(target, original))
            throw NotAllowed(
                Origin.From(target),
                $"The request was addressed to {Origin.From(original)}, and then a redirect or another handler changed its URI. If you trust the new origin, send the request to it directly.");
        var baseAddress = _baseAddresses?.Of(request);
        if (!IsAllowed(target, baseAddress))
            throw NotAllowed(Origin.From(target), Remedy(Origin.From(target), baseAddress));
        if (request.Headers.NonValidated is { Count: > 0 } headers && headers.TryGetValues(HostHeader, out var hosts))
            EnsureHostAllowed(target, hosts.ToString(), baseAddress);
    }

    // Servers that share an address choose the site by the Host header, and SocketsHttpHandler checks the certificate against it.
    private void EnsureHostAllowed(Uri target, string host, Origin? baseAddress)
    {
        if (!Uri.TryCreate($"{target.Scheme}://{host}", UriKind.Absolute, out var site) || site.UserInfo.Length > 0 || site.PathAndQuery != "/" || site.Fragment.Length > 0)
            throw NotAllowed("The request was not sent: its Host header is not a host with an optional port.");
        // Without a port the header means the same server under another name.
        if (site.IsDefaultPort && !target.IsDefaultPort)
            site = new UriBuilder(site) { Port = target.Port }.Uri;
        if (!Origin.AreSame(site, target) && !IsAllowed(site, baseAddress))
            throw NotAllowed(Origin.From(site), $"The Host header of the request names it. {Remedy(Origin.From(site), baseAddress)}");
    }

    private bool IsAllowed(Uri target, Origin? baseAddress)
    {
        if (baseAddress is not null && baseAddress.Includes(target))
            return true;
        foreach (var origin in _configured)
            if (origin.Includes(target))
                return true;
        return false;
    }

    private string Remedy(Origin target, Origin? baseAddress) => _configured.Length == 0 && baseAddress is null
        ? "The HttpClient has no base address that the handler knows, and AllowedOrigins is empty. " +
            $"Set BaseAddress in AddHttpClient (not in the constructor of a typed client), or add '{target}' to AllowedOrigins if this API may receive the token."
        : $"Allowed: {string.Join(", ", _configured.Append(baseAddress).OfType<Origin>())}. If this API may receive the token, add the origin to AllowedOrigins.";

    private static JwtGrantException NotAllowed(Origin origin, string remedy) =>
        NotAllowed($"The request was not sent: {origin} is not allowed to receive the token. {remedy}");

    private static JwtGrantException NotAllowed(string message) => JwtGrantException.Configuration("origin_not_allowed", message);
}
