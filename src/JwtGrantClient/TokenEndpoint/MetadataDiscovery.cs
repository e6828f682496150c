using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// From an issuer to its metadata: RFC 8414 first, then OpenID Connect Discovery. Kept for an hour; a failure after that, or an answer that
/// is slow to come, leaves the last good document in use for another while, for a token endpoint seldom moves and a token is worth more
/// than news of it.
/// </summary>
internal sealed class MetadataDiscovery(
    string issuer, bool allowLoopbackHttp, TokenEndpointTransport transport, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan
        Lifetime = TimeSpan.FromHours(1), AfterFailure = TimeSpan.FromMinutes(5), RenewalTimeout = TimeSpan.FromSeconds(3);

    private volatile Kept? _kept;

    public string Issuer => issuer;

    /// <exception cref="JwtGrantException">No metadata could be read, now or ever.</exception>
    public async ValueTask<ServerMetadata> GetAsync(CancellationToken cancellationToken)
    {
        var kept = _kept;
        if (kept is not null && clock.GetElapsedTime(kept.Since) < kept.Lifetime)
            return kept.Metadata;
        var metadata = kept is null
            ? new Kept(await ReadAsync(cancellationToken).ConfigureAwait(false), clock.GetTimestamp(), Lifetime)
            : await RenewAsync(kept, cancellationToken).ConfigureAwait(false);
        _kept = metadata;
        return metadata.Metadata;
    }

    private async ValueTask<Kept> RenewAsync(Kept kept, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(RenewalTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return new(await ReadAsync(either.Token).ConfigureAwait(false), clock.GetTimestamp(), Lifetime);
        }
        catch (Exception e) when (e is JwtGrantException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.MetadataKept(logger, issuer, e);
            return new(kept.Metadata, clock.GetTimestamp(), AfterFailure);
        }
    }

    private async ValueTask<ServerMetadata> ReadAsync(CancellationToken cancellationToken)
    {
        var addresses = WellKnown.Addresses(issuer);
        var statuses = new List<string>();
        foreach (var address in addresses)
        {
            var response = await AskAsync(address, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
                return ServerMetadata.Read(response, issuer, address, allowLoopbackHttp);
            if (response.IsRedirect || response.Status is 408 or 429 or >= 500)
                throw NotFound($"'{address}' answered {response.Status}", Retryable.Status(response.Status), response);
            statuses.Add($"'{address}' answered {response.Status}");
        }
        throw NotFound(string.Join(" and ", statuses), isTransient: false, response: null);
    }

    private async ValueTask<RawResponse> AskAsync(string address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        request.Headers.Accept.Add(new("application/json"));
        return await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private JwtGrantException NotFound(string seen, bool isTransient, RawResponse? response) => new(
        JwtGrantErrorKind.Transport, "metadata_unavailable",
        $"The metadata of the issuer '{issuer}' could not be read: {seen}; expected 200 and a JSON document (RFC 8414 section 3). " +
        "Check Issuer, or set TokenEndpoint, which needs no metadata.")
    {
        StatusCode = response?.Status,
        RetryAfter = response?.RetryAfter,
        IsTransient = isTransient,
    };

    private sealed record Kept(ServerMetadata Metadata, long Since, TimeSpan Lifetime);
}
