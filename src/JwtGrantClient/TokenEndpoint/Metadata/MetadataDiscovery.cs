using JwtGrantClient.Credentials;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// From an issuer to its metadata: RFC 8414 first, then OpenID Connect Discovery. Only the first request waits for it. After an hour it is
/// renewed in the background; until that succeeds the last good document stays in use, for a token endpoint seldom moves and a token is
/// worth more than news of it.
/// </summary>
internal sealed class MetadataDiscovery
{
    private static readonly TimeSpan
        Lifetime = TimeSpan.FromHours(1), AfterFailure = TimeSpan.FromMinutes(5), RenewalTimeout = TimeSpan.FromSeconds(10);

    private readonly bool _allowLoopbackHttp;
    private readonly TokenEndpointTransport _transport;
    private readonly ReloadingValue<ServerMetadata> _metadata;
    private readonly Func<CancellationToken, ValueTask<ServerMetadata>> _read;

    /// <param name="issuer">The issuer, as configured.</param>
    /// <param name="allowLoopbackHttp">Whether endpoints on this machine may be http.</param>
    /// <param name="transport">Fetches the document.</param>
    /// <param name="clock">Tells when to renew it.</param>
    /// <param name="logger">Told of a renewal that failed.</param>
    public MetadataDiscovery(
        string issuer, bool allowLoopbackHttp, TokenEndpointTransport transport, TimeProvider clock, ILogger logger)
    {
        (Issuer, _allowLoopbackHttp, _transport, _read) = (issuer, allowLoopbackHttp, transport, ReadAsync);
        _metadata = new(clock, Lifetime, KeepAfterFailure) { BackgroundTimeout = RenewalTimeout, IntervalAfterFailure = AfterFailure };

        bool KeepAfterFailure(ServerMetadata lastGood, Exception e)
        {
            // The client may have been disposed meanwhile; that is no failure of the server's.
            if (e is not ObjectDisposedException)
                Log.MetadataRefreshFailed(logger, issuer, e);
            return true;
        }
    }

    public string Issuer { get; }

    /// <exception cref="JwtGrantException">No metadata could be read, now or ever.</exception>
    public ValueTask<ServerMetadata> GetAsync(CancellationToken cancellationToken) => _metadata.GetAsync(_read, cancellationToken);

    private async ValueTask<ServerMetadata> ReadAsync(CancellationToken cancellationToken)
    {
        var addresses = MetadataUrls.Addresses(Issuer);
        var statuses = new List<string>();
        foreach (var address in addresses)
        {
            var response = await AskAsync(address, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
                return ServerMetadata.Read(response, Issuer, address, _allowLoopbackHttp);
            if (response.IsRedirect || response.Status is 408 or 429 or >= 500)
                throw NotFound($"'{address}' answered {response.Status}", TransientErrors.IsTransientStatus(response.Status), response);
            statuses.Add($"'{address}' answered {response.Status}");
        }
        throw NotFound(string.Join(" and ", statuses), isTransient: false, response: null);
    }

    private async ValueTask<TokenHttpResponse> AskAsync(string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        request.Headers.Accept.Add(new("application/json"));
        return await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private JwtGrantException NotFound(string seen, bool isTransient, TokenHttpResponse? response) => new(
        JwtGrantErrorKind.Transport, "metadata_unavailable",
        $"The metadata of the issuer '{Issuer}' could not be read: {seen}; expected 200 and a JSON document (RFC 8414 section 3). " +
        "Check Issuer, or set TokenEndpoint, which needs no metadata.")
    {
        StatusCode = response?.Status,
        RetryAfter = response?.RetryAfter,
        IsTransient = isTransient,
    };
}

/// <summary>
/// Where an issuer's metadata is. Cut and joined as text: an issuer never passes through System.Uri, which would rewrite it.
/// </summary>
internal static class MetadataUrls
{
    /// <summary>
    /// RFC 8414 section 3.1 inserts before the path; OpenID Connect Discovery section 4 appends. A last slash is left out of both.
    /// </summary>
    public static IReadOnlyList<string> Addresses(string issuer)
    {
        var trimmed = issuer.EndsWith('/') ? issuer[..^1] : issuer;
        var path = trimmed.IndexOf('/', trimmed.IndexOf("://", StringComparison.Ordinal) + 3);
        var (origin, rest) = path < 0 ? (trimmed, "") : (trimmed[..path], trimmed[path..]);
        return [$"{origin}/.well-known/oauth-authorization-server{rest}", $"{trimmed}/.well-known/openid-configuration"];
    }
}
