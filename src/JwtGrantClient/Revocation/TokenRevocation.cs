using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Revocation;

/// <summary>
/// Revokes cached tokens, and tokens that the caller holds. A token is removed from the cache first, so that no caller gets it during its
/// revocation.
/// </summary>
internal sealed class TokenRevocation(string client, CachedTokenSource tokens, RevocationClient? endpoint, TimeProvider time, ILogger logger) : ITokenRevocation
{
    // Half of the requests that an endpoint gets at once, so that several clients can be disposed together.
    private const int MaxConcurrentRevocations = 32;

    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(5);

    // Of a token that is not cached, only the value is known. Access tokens rarely live longer.
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromDays(1);

    /// <summary>Gets the revocations of the clients whose tokens this client sends for a subject.</summary>
    public IReadOnlyList<TokenRevocation> Inputs { get; init; } = [];

    private RevocationClient Endpoint => endpoint ?? throw JwtGrantException.Configuration(
        "revocation_unavailable",
        "The client has no revocation endpoint, because its tokens come from UseTokenSource or are self-signed. The tokens were removed from the cache, and stay valid until they expire.");

    public async Task RevokeAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var removed = await tokens.RemoveAsync(request).WaitAsync(cancellationToken).ConfigureAwait(false);
        await RevokeEachAsync(removed, cancellationToken).ConfigureAwait(false);
    }

    public async Task ForgetSubjectAsync(string subject, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        // From the caches of all steps before the first revocation, which may take long: no call gets a token of the subject meanwhile.
        var removals = new List<(TokenRevocation Client, Task<IReadOnlyList<AccessToken>> Tokens)>();
        RemoveSubject(subject, removals);
        await Task.WhenAll(removals.ConvertAll(removal => removal.Client.RevokeRemovedAsync(removal.Tokens, cancellationToken))).ConfigureAwait(false);
    }

    private void RemoveSubject(string subject, List<(TokenRevocation Client, Task<IReadOnlyList<AccessToken>> Tokens)> removals)
    {
        // The tokens that this one is made of first, so that no call gets a new one from them.
        foreach (var input in Inputs)
            input.RemoveSubject(subject, removals);
        removals.Add((this, tokens.RemoveSubjectAsync(subject)));
    }

    private async Task RevokeRemovedAsync(Task<IReadOnlyList<AccessToken>> removed, CancellationToken cancellationToken)
    {
        try
        {
            await RevokeEachAsync(await removed.WaitAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (e.Code == "revocation_unavailable")
        {
            // Without a revocation endpoint, the tokens are forgotten and stay valid until they expire.
        }
    }

    public async Task RevokeTokenAsync(string token, string? tokenTypeHint = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        if (tokenTypeHint != "refresh_token")
            await tokens.MarkAsync(token, UnknownLifetime).WaitAsync(cancellationToken).ConfigureAwait(false);
        await Endpoint.RevokeAsync(token, tokenTypeHint, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Revokes all cached tokens within 5 s. Failures are logged and not thrown, because the client is being disposed.</summary>
    public async Task RevokeAllAsync()
    {
        using var deadline = new CancellationTokenSource(DisposeTimeout, time);
        var cached = tokens.TakeAll();
        var failures = await TryRevokeAsync(cached, deadline.Token).ConfigureAwait(false);
        if (failures.Count > 0)
            Log.RevocationFailed(logger, client, failures.Count, cached.Count, failures[0]);
    }

    // A failure does not prevent the revocation of the other tokens. The first one is thrown.
    private async Task RevokeEachAsync(IReadOnlyList<AccessToken> removed, CancellationToken cancellationToken)
    {
        var failures = await TryRevokeAsync(removed, cancellationToken).ConfigureAwait(false);
        if (failures.Count > 0)
            ExceptionDispatchInfo.Throw(failures.Find(failure => failure is OperationCanceledException) ?? failures[0]);
    }

    // Several at once: one after another, few are revoked before a process has to stop.
    private async Task<List<Exception>> TryRevokeAsync(IReadOnlyList<AccessToken> removed, CancellationToken cancellationToken)
    {
        var failures = new ConcurrentQueue<Exception>();
        await Parallel.ForEachAsync(
            removed,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentRevocations },
            async (token, _) =>
            {
                try
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await Endpoint.RevokeAsync(token.Value, "access_token", cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is JwtGrantException or OperationCanceledException)
                {
                    failures.Enqueue(e);
                }
            }).ConfigureAwait(false);
        return [.. failures];
    }
}
