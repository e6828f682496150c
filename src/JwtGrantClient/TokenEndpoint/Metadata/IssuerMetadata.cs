using JwtGrantClient.Credentials;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Reads the metadata of an issuer: RFC 8414 first, then OpenID Connect Discovery. Only the first request waits for it. After an hour it is
/// read again in the background. If that fails, the last document stays in use, because a token endpoint seldom changes. Clients with the same connections
/// share it, so that many clients of one issuer read one document.
/// </summary>
internal sealed class IssuerMetadata
{
    private static readonly TimeSpan
        Lifetime = TimeSpan.FromHours(1), IntervalAfterFailure = TimeSpan.FromMinutes(5), BackgroundTimeout = TimeSpan.FromSeconds(10);

    private readonly bool _allowLoopbackHttp;
    private readonly TokenEndpointTransport _transport;
    private readonly ILogger _logger;
    private readonly ReloadingValue<ServerMetadata> _metadata;
    private readonly Func<CancellationToken, ValueTask<ServerMetadata>> _read;
    private readonly FailureStreak _failing;
    private ServerMetadata? _logged;

    /// <param name="issuer">The issuer, as configured.</param>
    /// <param name="allowLoopbackHttp">Whether endpoints on the local machine may use http.</param>
    /// <param name="transport">Fetches the document.</param>
    /// <param name="clock">Measures the interval.</param>
    /// <param name="logger">Logs failures to read the document again, and endpoints at another origin than before.</param>
    public IssuerMetadata(
        string issuer, bool allowLoopbackHttp, TokenEndpointTransport transport, TimeProvider clock, ILogger logger)
    {
        (Issuer, _allowLoopbackHttp, _transport, _logger, _read) = (issuer, allowLoopbackHttp, transport, logger, ReadAsync);
        _failing = new(clock);
        _metadata = new(clock, Lifetime, KeepAfterFailure) { BackgroundTimeout = BackgroundTimeout, IntervalAfterFailure = IntervalAfterFailure };

        bool KeepAfterFailure(ServerMetadata lastGood, Exception e)
        {
            // If the client was disposed in the meantime, the server did not fail.
            if (e is not ObjectDisposedException && _failing.OnFailed() is { } report)
                Log.MetadataRefreshFailed(logger, issuer, new(report.Since), report.Failures, new(e), report.IsFirst ? e : null);
            return true;
        }
    }

    public string Issuer { get; }

    /// <summary>Returns the metadata that the clients with the same connections share.</summary>
    public static IssuerMetadata Share(string issuer, bool allowLoopbackHttp, TokenEndpointTransport transport, TimeProvider clock, ILogger logger) =>
        transport.Connections.Metadata.GetOrAdd(
            new(issuer, allowLoopbackHttp, transport.MaxRetryAfter),
            (transport, clock, logger),
            static (key, state) => new(key.Issuer, key.AllowLoopbackHttp, state.transport, state.clock, state.logger));

    /// <exception cref="JwtGrantException">No metadata could be read, now or earlier.</exception>
    public ValueTask<ServerMetadata> GetAsync(CancellationToken cancellationToken) => _metadata.GetAsync(_read, cancellationToken);

    /// <summary>Logs the endpoints that have another origin in a new document. The first client that uses the document logs them.</summary>
    public void LogChanges(ServerMetadata before, ServerMetadata current)
    {
        if (Interlocked.Exchange(ref _logged, current) == current)
            return;
        foreach (var (endpoint, old, now) in EndpointOrigins.FindChanges(before, current))
            Log.EndpointOriginChanged(_logger, Issuer, endpoint, now, old);
    }

    private async ValueTask<ServerMetadata> ReadAsync(CancellationToken cancellationToken)
    {
        var activity = Activities.Start(Activities.Metadata);
        activity?.SetTag(TelemetryTag.ServerAddress, new Uri(Issuer).Host);
        try
        {
            return await ReadDocumentAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Activities.SetError(activity, e is JwtGrantException { Code: var code } ? code : ErrorTypes.Canceled, e);
            throw;
        }
        finally
        {
            Activities.Stop(activity);
        }
    }

    private async ValueTask<ServerMetadata> ReadDocumentAsync(CancellationToken cancellationToken)
    {
        var addresses = MetadataUrls.Addresses(Issuer);
        var statuses = new List<string>();
        foreach (var address in addresses)
        {
            var response = await FetchAsync(address, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
                return OnRead(ServerMetadata.Read(response, Issuer, address, _allowLoopbackHttp));
            if (response.IsRedirect || response.Status is 408 or 429 or >= 500)
                throw NotFound($"'{address}' responded with {response.Status}", TransientErrors.IsTransientStatus(response.Status), response);
            statuses.Add($"'{address}' responded with {response.Status}");
        }
        throw NotFound(string.Join(" and ", statuses), isTransient: false, response: null);
    }

    private ServerMetadata OnRead(ServerMetadata metadata)
    {
        if (_failing.OnSucceeded() is { } ended)
            Log.MetadataRefreshed(_logger, Issuer, ended.Duration, ended.Failures);
        return metadata;
    }

    private async ValueTask<TokenHttpResponse> FetchAsync(string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        request.Headers.Accept.Add(new("application/json"));
        return await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // The issuer has no path of its own at most servers.
    private string Advice => Issuer.AsSpan().TrimEnd('/').EndsWith("/token", StringComparison.OrdinalIgnoreCase)
        ? "This looks like the address of the token endpoint. If it is, set TokenEndpoint to it, and Issuer to the issuer identifier or not at all."
        : "Check Issuer, or set TokenEndpoint, which needs no metadata.";

    private JwtGrantException NotFound(string seen, bool isTransient, TokenHttpResponse? response) => new(
        JwtGrantErrorKind.Transport, "metadata_unavailable",
        $"The metadata of the issuer '{Issuer}' could not be read: {seen}; expected 200 and a JSON document (RFC 8414 section 3). {Advice}")
    {
        StatusCode = response?.Status,
        RetryAfter = response?.RetryAfter,
        IsTransient = isTransient,
    };
}

/// <summary>
/// What clients with the same connections must have in common to share metadata. It is a class, because a native program has a copy of the dictionary for each
/// struct.
/// </summary>
internal sealed record IssuerMetadataKey(string Issuer, bool AllowLoopbackHttp, TimeSpan MaxRetryAfter);
