using JwtGrantClient.Http;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>The name of an HttpClient that sends tokens.</summary>
internal sealed record TokenHttpClient(string Name);

/// <summary>
/// Creates the HttpClients that send tokens as the factory of Microsoft.Extensions.Http does, and puts a <see cref="BaseAddressHandler"/> before the
/// handlers that they share. The factory itself offers no place for a handler of one client. Other HttpClients come from the factory unchanged.
/// </summary>
internal sealed class BaseAddressClientFactory(
    IHttpClientFactory inner,
    IHttpMessageHandlerFactory handlers,
    IOptionsMonitor<HttpClientFactoryOptions> options,
    BaseAddressRegistry baseAddresses,
    IEnumerable<TokenHttpClient> clients) : IHttpClientFactory
{
    private readonly HashSet<string> _names = [.. clients.Select(client => client.Name)];

    /// <summary>Adds an HttpClient that sends tokens. The first call decorates the factory.</summary>
    public static void AddTo(IServiceCollection services, string name)
    {
        services.AddSingleton(new TokenHttpClient(name));
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
            provider.GetServices<TokenHttpClient>())));
    }

    public HttpClient CreateClient(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_names.Contains(name))
            return inner.CreateClient(name);
        var all = baseAddresses.Get(name);
        // The factory owns the shared handlers; this one has nothing to dispose.
#pragma warning disable CA2000
        var first = new BaseAddressHandler(all, handlers.CreateHandler(name));
        var client = new HttpClient(first, disposeHandler: false);
#pragma warning restore CA2000
        foreach (var configure in options.Get(name).HttpClientActions)
            configure(client);
        first.BaseAddress = client.BaseAddress is { } baseAddress ? Origin.From(baseAddress) : null;
        all.Add(first.BaseAddress);
        return client;
    }

    private static IHttpClientFactory Create(ServiceDescriptor decorated, IServiceProvider provider) => (IHttpClientFactory)(
        decorated.ImplementationInstance
        ?? decorated.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, decorated.ImplementationType!));
}
