using System.Collections.Concurrent;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>
/// The base addresses of the HttpClients that IHttpClientFactory creates with one name. These clients share their handlers, so an
/// <see cref="AccessTokenHandler"/> does not know by itself which client sends a request. Usually all clients have the same base address, and nothing is
/// stored with a request; the requests of a client with another one refer to its <see cref="BaseAddressHandler"/>.
/// </summary>
internal sealed class BaseAddresses
{
    private static readonly HttpRequestOptionsKey<BaseAddressHandler> Key = new("JwtGrantClient.BaseAddress");

    private Origin? _first;
    private volatile bool _differ;

    /// <summary>Adds the base address of a new client.</summary>
    public void Add(Origin? baseAddress)
    {
        if (baseAddress is not null && Interlocked.CompareExchange(ref _first, baseAddress, null) is { } first && first != baseAddress)
            _differ = true;
    }

    /// <summary>Marks a request with its client, if not all clients have the same base address.</summary>
    public void Mark(HttpRequestMessage request, BaseAddressHandler client)
    {
        if (Volatile.Read(ref _first) is { } first && first != client.BaseAddress)
            _differ = true;
        if (_differ)
            request.Options.Set(Key, client);
    }

    /// <summary>Returns the base address of the client that sends a request; null if it has none.</summary>
    public Origin? Of(HttpRequestMessage request) =>
        _differ && request.Options.TryGetValue(Key, out var client) && client.SharesHandlersOf(this) ? client.BaseAddress : Volatile.Read(ref _first);
}

/// <summary>The first handler of one HttpClient, which knows the base address that the client was created with.</summary>
/// <param name="all">The base addresses of all clients with the same name.</param>
/// <param name="inner">The handlers that the clients share.</param>
internal sealed class BaseAddressHandler(BaseAddresses all, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Gets or sets the origin of the base address; null if the client was created without one.</summary>
    public Origin? BaseAddress { get; set; }

    /// <summary>Whether this is a client of the given name. A client of another name may have sent the same message before.</summary>
    public bool SharesHandlersOf(BaseAddresses name) => ReferenceEquals(all, name);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        all.Mark(request, this);
        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>The base addresses of a container, by the names of the HttpClients.</summary>
internal sealed class BaseAddressRegistry
{
    private readonly ConcurrentDictionary<string, BaseAddresses> _byName = new(StringComparer.Ordinal);

    /// <summary>Returns the base addresses of the clients with a name.</summary>
    public BaseAddresses Get(string name) => _byName.GetOrAdd(name, static _ => new());
}
