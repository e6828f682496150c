using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>
/// A server on loopback that accepts each nonce and each proof once (RFC 9449 sections 8 and 11.1). It answers as an API and as a token endpoint, and holds
/// the first requests until as many have arrived as the test sends at once.
/// </summary>
internal sealed class OneTimeNonceServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _nonces = new(StringComparer.Ordinal), _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<int> _statuses = new();
    private readonly TaskCompletionSource _allArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _atOnce;
    private LoopbackServer _server = null!;
    private int _arrived, _issued, _replays;

    private OneTimeNonceServer(int atOnce) => _atOnce = atOnce;

    public string Address => _server.Address;

    public IReadOnlyList<int> Statuses => [.. _statuses];

    /// <summary>The number of proofs that arrived twice.</summary>
    public int Replays => Volatile.Read(ref _replays);

    public static async Task<OneTimeNonceServer> StartAsync(int atOnce)
    {
        var server = new OneTimeNonceServer(atOnce);
        server._server = await LoopbackServer.StartAsync(server.RespondAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task RespondAsync(HttpContext http)
    {
        if (Interlocked.Increment(ref _arrived) == _atOnce)
            _allArrived.SetResult();
        await _allArrived.Task.WaitAsync(http.RequestAborted);

        var proof = Jwt.Parse(http.Request.Headers["DPoP"].Single()!);
        if (!_ids.TryAdd(proof["jti"]!, true))
            Interlocked.Increment(ref _replays);
        var accepted = proof["nonce"] is { } nonce && _nonces.TryRemove(nonce, out _);
        var next = $"n{Interlocked.Increment(ref _issued)}";
        _nonces[next] = true;
        http.Response.Headers["DPoP-Nonce"] = next;
        var isTokenRequest = http.Request.Path == "/token";
        http.Response.StatusCode = accepted ? 200 : isTokenRequest ? 400 : 401;
        _statuses.Enqueue(http.Response.StatusCode);
        if (!accepted)
            http.Response.Headers.WWWAuthenticate = "DPoP error=\"use_dpop_nonce\"";
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(accepted ? """{"access_token":"abc","token_type":"DPoP","expires_in":3600}""" : """{"error":"use_dpop_nonce"}""");
    }
}
