namespace JwtGrantClient.Benchmarks.Clients;

/// <summary>
/// A client that obtains tokens: this library, another library, or handwritten code. All clients use the same address of the token endpoint, each with
/// its own handler.
/// </summary>
internal abstract class TokenClient : IDisposable
{
    /// <summary>The name in the tables.</summary>
    public abstract string Name { get; }

    /// <summary>The time before its expiry at which a token counts as expired. A token with a shorter lifetime is never cached.</summary>
    public virtual TimeSpan ExpiryMargin => TimeSpan.Zero;

    /// <summary>Whether the client caches tokens.</summary>
    public virtual bool CachesTokens => true;

    /// <summary>Returns a cached or a new token.</summary>
    public abstract ValueTask<string> GetAsync();

    /// <summary>Requests a new token although one is cached; null for a client without such a method.</summary>
    public virtual Func<ValueTask<string>>? Exchange => null;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Creates all clients, each with its own handler.</summary>
    public static IReadOnlyList<TokenClient> CreateAll(Uri endpoint, Func<HttpMessageHandler> handler) =>
    [
        new ThisLibrary(endpoint, handler()),
        new HandRolled(endpoint, handler()),
        new GoogleAuth(endpoint, handler()),
        new Msal(endpoint, handler()),
        new AzureIdentity(endpoint, handler()),
        new OpenIddict(endpoint),
    ];

    /// <summary>Creates a handler with the settings that the library uses.</summary>
    public static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false, UseCookies = false };

    protected abstract void Dispose(bool disposing);
}
