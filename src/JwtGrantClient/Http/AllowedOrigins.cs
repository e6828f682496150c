using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>The origins that may receive the token. A request to any other fails before it is sent.</summary>
internal sealed class AllowedOrigins
{
    private readonly Uri[] _configured;
    private readonly bool _allowLoopbackHttp;
    private readonly ApiBaseAddress _base;

    /// <exception cref="JwtGrantException">An origin is no absolute URL, not https, or more than an origin.</exception>
    public AllowedOrigins(IEnumerable<string> configured, bool allowLoopbackHttp, ApiBaseAddress? baseAddress = null)
    {
        _base = baseAddress ?? new();
        _allowLoopbackHttp = allowLoopbackHttp;
        _configured = [.. configured.Select(origin => Problem(origin, allowLoopbackHttp) is { } problem
            ? throw JwtGrantException.Configuration("allowed_origin_invalid", $"AllowedOrigins: {problem}.")
            : new Uri(origin))];
    }

    /// <param name="target">Where the request goes now.</param>
    /// <param name="first">Where the caller addressed it: a redirect rewrites the request's own address.</param>
    /// <exception cref="JwtGrantException">The token may not go there.</exception>
    public void EnsureAllowed(Uri? target, Uri? first)
    {
        if (target is not { IsAbsoluteUri: true })
            throw NotAllowed("The request was not sent: its address is not absolute. Set BaseAddress on the HttpClient, or an absolute address on the request.");
        if (target.Scheme != Uri.UriSchemeHttps && !(target.Scheme == Uri.UriSchemeHttp && _allowLoopbackHttp && EndpointUrl.IsLoopback(target)))
            throw Refused(Origin(target), "Use https; for a server on this machine, set AllowLoopbackHttp to true.");
        if (!AreSame(target, first!))
            throw Refused(Origin(target), $"The request was made for {Origin(first!)} and then redirected; address it to the new place, " +
                "if you trust that.");
        if (!IsConfigured(target))
            throw Refused(Origin(target), $"It may go to {Allowed()}; add the origin to AllowedOrigins, if the API there is to have it.");
    }

    /// <summary>Whether two addresses have the same scheme, host and port (RFC 6454 section 5).</summary>
    public static bool AreSame(Uri one, Uri other) =>
        ReferenceEquals(one, other) || (one.Scheme == other.Scheme && one.Port == other.Port && one.IdnHost == other.IdnHost);

    // Without the user name and password that an address may hold.
    public static string Origin(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    // A path would be read as a limit, which it could not be: the token opens the whole API.
    private static string? Problem(string origin, bool allowLoopbackHttp) =>
        EndpointUrl.Problem(origin, allowLoopbackHttp)
        ?? (new Uri(origin).PathAndQuery != "/" ? $"'{origin}' has a path or a query; an origin is scheme, host and port. Take off what " +
            "follows the host" : null);

    private bool IsConfigured(Uri target)
    {
        if (_configured.Length == 0)
            return _base.Value is not { } known || AreSame(target, known);
        foreach (var origin in _configured)
            if (AreSame(target, origin))
                return true;
        return _base.Value is { } address && AreSame(target, address);
    }

    private string Allowed() => string.Join(", ", _configured.Append(_base.Value).OfType<Uri>().Select(Origin));

    private static JwtGrantException Refused(string origin, string remedy) =>
        NotAllowed($"The request was not sent: {origin} is not allowed to receive the token. {remedy}");

    private static JwtGrantException NotAllowed(string message) => JwtGrantException.Configuration("origin_not_allowed", message);
}

/// <summary>
/// The base address of a named HttpClient. The factory makes handlers apart from the clients that use them, so the address comes later
/// than the handler, by way of this.
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
