using JwtGrantClient;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clients to a container.</summary>
public static class JwtGrantServiceCollectionExtensions
{
    /// <summary>
    /// Adds a named client, which is resolved as <c>[FromKeyedServices(name)]</c> <see cref="ITokenSource"/>, <see cref="ITokenEndpoint"/>,
    /// <see cref="IAssertionSource"/> and <see cref="ITokenRevocation"/>. Adding a name twice composes. Wrong settings, all of them at once,
    /// fail the start of a host (<see cref="OptionsValidationException"/>) and without one the first use (<see cref="JwtGrantException"/>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The client's name.</param>
    /// <param name="section">Its settings; see <see cref="JwtGrantOptions"/>. Unknown keys are reported as errors.</param>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        // No change token: settings are read once, and a wrong edit must not throw at whoever reloads the configuration of a running
        // application.
        return services.Add(name, options => options.Configure(settings => OptionsBinding.Bind(section, settings)));
    }

    /// <summary>Adds a named client; see <see cref="AddJwtGrantClient(IServiceCollection, string, IConfiguration)"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The client's name.</param>
    /// <param name="configure">Its settings.</param>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, string name, Action<JwtGrantOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.Add(name, options => options.Configure(configure));
    }

    /// <summary>
    /// Adds the one client of an application that has but one: plain <see cref="ITokenSource"/>, <see cref="ITokenEndpoint"/>, <see
    /// cref="IAssertionSource"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">Its settings; see <see cref="JwtGrantOptions"/>.</param>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, IConfiguration section) =>
        services.AddPlain().AddJwtGrantClient(Options.Options.DefaultName, section);

    /// <summary>
    /// Adds the one client of an application that has but one; see <see cref="AddJwtGrantClient(IServiceCollection, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Its settings.</param>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, Action<JwtGrantOptions> configure) =>
        services.AddPlain().AddJwtGrantClient(Options.Options.DefaultName, configure);

    /// <summary>
    /// Adds what gives clients by name, and no client: for an application whose names only run time knows. Their settings are the named
    /// options of <see cref="JwtGrantOptions"/>; see <see cref="ITokenSourceProvider"/>. AddJwtGrantClient includes it.
    /// </summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddJwtGrantClients(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        ClientRegistry.AddTo(services);
        // For any key, so that a name nobody added fails with the list of those that were.
        services.TryAddKeyedSingleton<ITokenSource>(KeyedService.AnyKey, (provider, key) => provider.Client(key).Tokens);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.Client(key).Endpoint);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.Client(key).Assertions);
        services.TryAddKeyedSingleton<ITokenRevocation>(KeyedService.AnyKey, (provider, key) => provider.Client(key).Revocation);
        return services;
    }

    private static JwtGrantClientBuilder Add(this IServiceCollection services, string name, Action<OptionsBuilder<JwtGrantOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        configure(services.AddOptions<JwtGrantOptions>(name).ValidateOnStart());
        services.AddSingleton(new ClientRegistration(name));
        services.AddJwtGrantClients();
        return new(name, services);
    }

    private static IServiceCollection AddPlain(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ITokenSource>(provider => provider.Client(Options.Options.DefaultName).Tokens);
        services.TryAddSingleton(provider => provider.Client(Options.Options.DefaultName).Endpoint);
        services.TryAddSingleton(provider => provider.Client(Options.Options.DefaultName).Assertions);
        services.TryAddSingleton<ITokenRevocation>(provider => provider.Client(Options.Options.DefaultName).Revocation);
        return services;
    }

    private static ComposedClient Client(this IServiceProvider provider, object? key) =>
        provider.GetRequiredService<ClientRegistry>().Get(key as string ?? throw JwtGrantException.Configuration(
            "client_unknown", $"The key of a client is its name, a string; '{key}' is of the type {key?.GetType().ToString() ?? "null"}."));
}
