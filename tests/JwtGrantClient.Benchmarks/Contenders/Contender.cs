namespace JwtGrantClient.Benchmarks.Contenders;

/// <summary>
/// A way to have tokens: this library, a peer from its package, or what people write by hand. Each gets the same token endpoint, by its
/// address, over the handler given.
/// </summary>
internal abstract class Contender : IDisposable
{
    /// <summary>As it stands in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>How long before its expiry a token counts as too old: a lifetime below it is never kept.</summary>
    public virtual TimeSpan Window => TimeSpan.Zero;

    /// <summary>Whether it keeps tokens at all.</summary>
    public virtual bool Keeps => true;

    /// <summary>A token, kept or new.</summary>
    public abstract ValueTask<string> GetAsync();

    /// <summary>A new token, whatever is kept; null for a contender that has no such call.</summary>
    public virtual Func<ValueTask<string>>? Exchange => null;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>All that the rows measure, over a handler that each of them gets for itself.</summary>
    public static IReadOnlyList<Contender> All(Uri endpoint, Func<HttpMessageHandler> handler) =>
    [
        new Ours(endpoint, handler()),
        new HandRolled(endpoint, handler()),
        new GoogleAuth(endpoint, handler()),
        new Msal(endpoint, handler()),
        new AzureIdentity(endpoint, handler()),
        new OpenIddict(endpoint),
    ];

    /// <summary>A handler as the library itself would make it.</summary>
    public static SocketsHttpHandler Sockets() => new() { AllowAutoRedirect = false, UseCookies = false };

    protected abstract void Dispose(bool disposing);
}
