using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// From an issuer to its metadata: RFC 8414 first, then OpenID Connect Discovery. Only the first request waits for it. After an hour it is
/// renewed in the background; until that succeeds the last good document stays in use, for a token endpoint seldom moves and a token is
/// worth more than news of it.
/// </summary>
internal sealed class MetadataDiscovery(
    string issuer, bool allowLoopbackHttp, TokenEndpointTransport transport, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan
        Lifetime = TimeSpan.FromHours(1), AfterFailure = TimeSpan.FromMinutes(5), RenewalTimeout = TimeSpan.FromSeconds(10);

    private volatile Kept? _kept;
    private int _isRenewing;

    public string Issuer => issuer;

    /// <summary>The renewal that was begun last; it never fails.</summary>
    public Task LastRenewal { get; private set; } = Task.CompletedTask;

    /// <exception cref="JwtGrantException">No metadata could be read, now or ever.</exception>
    public ValueTask<ServerMetadata> GetAsync(CancellationToken cancellationToken)
    {
        if (_kept is not { } kept)
            return ReadFirstAsync(cancellationToken);
        if (clock.GetElapsedTime(kept.Since) >= kept.Lifetime && Interlocked.Exchange(ref _isRenewing, 1) == 0)
            BeginRenewal(kept);
        return new(kept.Metadata);
    }

    private async ValueTask<ServerMetadata> ReadFirstAsync(CancellationToken cancellationToken)
    {
        var metadata = await ReadAsync(cancellationToken).ConfigureAwait(false);
        _kept = new(metadata, clock.GetTimestamp(), Lifetime);
        return metadata;
    }

    // Without the context of whoever happened to ask: the renewal is not part of their request, nor of its trace.
    private void BeginRenewal(Kept kept)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LastRenewal = done.Task;
        ThreadPool.UnsafeQueueUserWorkItem(
            static renewal => _ = renewal.This.RenewAsync(renewal.Kept, renewal.Done), (This: this, Kept: kept, Done: done), preferLocal: false);
    }

    private async Task RenewAsync(Kept kept, TaskCompletionSource done)
    {
        using var timeout = new CancellationTokenSource(RenewalTimeout, clock);
        try
        {
            _kept = new(await ReadAsync(timeout.Token).ConfigureAwait(false), clock.GetTimestamp(), Lifetime);
        }
        catch (Exception e) when (e is JwtGrantException or OperationCanceledException or ObjectDisposedException)
        {
            _kept = new(kept.Metadata, clock.GetTimestamp(), AfterFailure);
            // The client may have been disposed under way; that is no failure of the server's.
            if (e is not ObjectDisposedException)
                Log.MetadataKept(logger, issuer, e);
        }
        finally
        {
            Volatile.Write(ref _isRenewing, 0);
            done.SetResult();
        }
    }

    private async ValueTask<ServerMetadata> ReadAsync(CancellationToken cancellationToken)
    {
        var addresses = MetadataUrls.Addresses(issuer);
        var statuses = new List<string>();
        foreach (var address in addresses)
        {
            var response = await AskAsync(address, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
                return ServerMetadata.Read(response, issuer, address, allowLoopbackHttp);
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
        return await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private JwtGrantException NotFound(string seen, bool isTransient, TokenHttpResponse? response) => new(
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
