using System.Collections.Concurrent;

namespace JwtGrantClient.Caching;

/// <summary>
/// Keeps tokens fresh over any source (open first): one slot for the client as configured, which is a field, and one for each request
/// that differs from it. The rule is in <see cref="TokenLife"/>, what happens when is in <see cref="TokenSlot"/>.
/// </summary>
internal sealed class CachedTokenSource : ITokenSource, IDisposable
{
    private readonly CancellationTokenSource _disposing = new();
    private readonly ConcurrentDictionary<TokenRequest, TokenSlot> _others = new();
    private readonly CacheContext _context;
    private readonly TokenSlot _default;

    public CachedTokenSource(CacheContext context)
    {
        _context = context with { Disposed = _disposing.Token };
        _default = new TokenSlot(TokenRequest.Default, _context);
    }

    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
        SlotFor(request).GetAsync(cancellationToken);

    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rejected);
        SlotFor(request).Invalidate(rejected);
        return default;
    }

    /// <summary>Ends the flights; whoever waits for one gets <see cref="ObjectDisposedException"/>. A second call does nothing.</summary>
    public void Dispose()
    {
        // A container disposes what it handed out, beside the client that owns it.
        if (_disposing.IsCancellationRequested)
            return;
        _disposing.Cancel();
        _disposing.Dispose();
    }

    private TokenSlot SlotFor(TokenRequest request)
    {
        if (ReferenceEquals(request, TokenRequest.Default))
            return _default;
        ArgumentNullException.ThrowIfNull(request);
        return request.Equals(TokenRequest.Default)
            ? _default
            : _others.GetOrAdd(request, static (request, context) => new TokenSlot(request, context), _context);
    }
}
