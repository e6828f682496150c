using JwtGrantClient.Http;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>An HttpClient that sends tokens.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Client">The name of the client that acquires the tokens.</param>
internal sealed record TokenHttpClient(string Name, string Client);

/// <summary>
/// Creates the HttpClients that send tokens as the factory of Microsoft.Extensions.Http does, and puts a <see cref="BaseAddressHandler"/> before the
/// handlers that they share. The factory itself offers no place for a handler of one client. Other HttpClients come from the factory unchanged.
/// </summary>
internal sealed class BaseAddressClientFactory(
    IHttpClientFactory inner,
    IHttpMessageHandlerFactory handlers,
    IOptionsMonitor<HttpClientFactoryOptions> options,
    BaseAddressRegistry baseAddresses,
    ClientRegistry tokenClients,
    IEnumerable<TokenHttpClient> clients) : IHttpClientFactory
{
    private readonly ILookup<string, string> _clients = clients.ToLookup(client => client.Name, client => client.Client);

    /// <summary>Adds an HttpClient that sends tokens. The first call decorates the factory.</summary>
    public static void AddTo(IServiceCollection services, string name, string client)
    {
        services.AddSingleton(new TokenHttpClient(name, client));
        if (services.Any(service => service.ServiceType == typeof(BaseAddressRegistry)))
            return;
        services.AddSingleton<BaseAddressRegistry>();
        services.AddHttpClient();
        var decorated = services.Last(service => service.ServiceType == typeof(IHttpClientFactory) && !service.IsKeyedService);
        services.Replace(ServiceDescriptor.Singleton<IHttpClientFactory>(provider => new BaseAddressClientFactory(
            Create(decorated, provider),
            provider.GetRequiredService<IHttpMessageHandlerFactory>(),
            provider.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>(),
            provider.GetRequiredService<BaseAddressRegistry>(),
            provider.GetRequiredService<ClientRegistry>(),
            provider.GetServices<TokenHttpClient>())));
    }

    public HttpClient CreateClient(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_clients.Contains(name))
            return inner.CreateClient(name);
        // Before the factory creates the handlers: it would cache an exception until the process ends, although the settings may be right later.
        foreach (var client in _clients[name])
            tokenClients.Get(client);
        var all = baseAddresses.Get(name);
        // The factory owns the shared handlers; this one has nothing to dispose.
#pragma warning disable CA2000
        var first = new BaseAddressHandler(all, handlers.CreateHandler(name));
        var http = new HttpClient(first, disposeHandler: false);
#pragma warning restore CA2000
        foreach (var configure in options.Get(name).HttpClientActions)
            configure(http);
        first.BaseAddress = http.BaseAddress is { } baseAddress ? Origin.From(baseAddress) : null;
        all.Add(first.BaseAddress);
        return http;
    }

    private static IHttpClientFactory Create(ServiceDescriptor decorated, IServiceProvider provider) => (IHttpClientFactory)(
        decorated.ImplementationInstance
        ?? decorated.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, decorated.ImplementationType!));
}
