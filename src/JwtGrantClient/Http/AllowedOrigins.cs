using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>The origins that may receive the token. A request to any other origin fails before it is sent.</summary>
internal sealed class AllowedOrigins
{
    private readonly Uri[] _configured;
    private readonly bool _allowLoopbackHttp;
    private readonly ApiBaseAddress _baseAddress;

    /// <exception cref="JwtGrantException">An origin is not an absolute URL, is not https, or has a path or a query.</exception>
    public AllowedOrigins(IEnumerable<string> configured, bool allowLoopbackHttp, ApiBaseAddress? baseAddress = null)
    {
        _baseAddress = baseAddress ?? new();
        _allowLoopbackHttp = allowLoopbackHttp;
        _configured = [.. configured.Select(origin => Problem(origin, allowLoopbackHttp) is { } problem
            ? throw JwtGrantException.Configuration("allowed_origin_invalid", $"AllowedOrigins: {problem}.")
            : new Uri(origin))];
    }

    /// <summary>Throws if the token may not be sent to a request's current URI.</summary>
    /// <param name="target">The request's current URI.</param>
    /// <param name="original">The URI that the caller set. A redirect replaces the request's URI.</param>
    /// <exception cref="JwtGrantException">The token may not be sent to <paramref name="target"/>.</exception>
    public void EnsureAllowed(Uri? target, Uri? original)
    {
        if (target is not { IsAbsoluteUri: true })
            throw NotAllowed("The request was not sent: its URI is not absolute. Set BaseAddress on the HttpClient, or use an absolute URI for the request.");
        if (target.Scheme != Uri.UriSchemeHttps && !(target.Scheme == Uri.UriSchemeHttp && _allowLoopbackHttp && EndpointUrl.IsLoopback(target)))
            throw NotAllowed(target, "Use https; for a server on this machine, set AllowLoopbackHttp to true.");
        if (!AreSame(target, original!))
            throw NotAllowed(target, $"The request was addressed to {Origin(original!)} and then redirected. If you trust the new origin, send the request to it directly.");
        if (!IsConfigured(target))
            throw NotAllowed(target, $"Allowed: {DescribeAllowed()}. If this API may receive the token, add the origin to AllowedOrigins.");
    }

    /// <summary>Returns whether two URIs have the same scheme, host and port (RFC 6454 section 5).</summary>
    public static bool AreSame(Uri one, Uri other) =>
        ReferenceEquals(one, other) || (one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost == other.IdnHost);

    /// <summary>Returns the origin of a URI, without the user name and password that the URI may contain.</summary>
    public static string Origin(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    // A path in AllowedOrigins would look like a limit, but a token that is sent to an origin is valid for every path there.
    private static string? Problem(string origin, bool allowLoopbackHttp) =>
        EndpointUrl.Problem(origin, allowLoopbackHttp)
        ?? (new Uri(origin).PathAndQuery != "/"
            ? $"{SettingText.QuoteUrl(origin)} has a path or a query; an origin consists of scheme, host and port. Remove the path and the query"
            : null);

    private bool IsConfigured(Uri target)
    {
        if (_configured.Length == 0)
            return _baseAddress.Value is not { } known || AreSame(target, known);
        foreach (var origin in _configured)
            if (AreSame(target, origin))
                return true;
        return _baseAddress.Value is { } baseAddress && AreSame(target, baseAddress);
    }

    private string DescribeAllowed() => string.Join(", ", _configured.Append(_baseAddress.Value).OfType<Uri>().Select(Origin));

    private static JwtGrantException NotAllowed(Uri target, string remedy) =>
        NotAllowed($"The request was not sent: {Origin(target)} is not allowed to receive the token. {remedy}");

    private static JwtGrantException NotAllowed(string message) => JwtGrantException.Configuration("origin_not_allowed", message);
}

/// <summary>
/// The base address of a named HttpClient. IHttpClientFactory creates handlers separately from the clients that use them, so the address is
/// set after the handler was created.
/// </summary>
internal sealed class ApiBaseAddress
{
    private volatile Uri? _value;

    public Uri? Value
    {
        get => _value;
        set => _value = value;
    }
}
