using JwtGrantClient;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that add clients to the services.</summary>
public static class JwtGrantServiceCollectionExtensions
{
    /// <summary>
    /// Adds a named client. It is resolved with <c>[FromKeyedServices(name)]</c> as <see cref="ITokenSource"/>, <see cref="ITokenEndpoint"/>,
    /// <see cref="IAssertionSource"/>, <see cref="ITokenRevocation"/> or <see cref="ITokenStatusProvider"/>.
    /// </summary>
    /// <remarks>
    /// A name is added once. <see cref="ConfigureJwtGrantClient"/> and the Configure methods of the options framework change a client that was added.
    /// The options are validated when a host starts, which fails with an
    /// <see cref="OptionsValidationException"/>. Without a host they are validated at the first use of the client, which throws a
    /// <see cref="JwtGrantException"/>. Both list all problems.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="name">The client's name.</param>
    /// <param name="section">
    /// The section that the client's <see cref="JwtGrantOptions"/> are bound from. Unknown keys are reported as errors. The section is read once;
    /// later changes of the configuration have no effect.
    /// </param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">A client with this name was added already.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
    /// builder.Services
    ///     .AddHttpClient("reports", http => http.BaseAddress = new Uri("https://api.example.com"))
    ///     .AddJwtGrantToken("reports");
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        // Without a change token. With one, a mistake in an edited file would throw in a running application when its configuration is reloaded.
        return services.AddNamedClient(name, options => options.Configure(settings => OptionsBinding.Bind(section, settings)));
    }

    /// <summary>
    /// Adds a named client whose options are set in code; see
    /// <see cref="AddJwtGrantClient(IServiceCollection, string, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The client's name.</param>
    /// <param name="configure">Sets the client's options.</param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">A client with this name was added already.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient("reports", options =>
    /// {
    ///     options.Issuer = "https://as.example.com";
    ///     options.ClientId = "batch-worker";
    ///     options.Scope = "reports.read";
    ///     options.SigningKey.Path = "keys/batch.pem";
    /// });
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, string name, Action<JwtGrantOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddNamedClient(name, options => options.Configure(configure));
    }

    /// <summary>
    /// Adds the unnamed client, for an application with one client. It is resolved without a key, as <see cref="ITokenSource"/>,
    /// <see cref="ITokenEndpoint"/>, <see cref="IAssertionSource"/>, <see cref="ITokenRevocation"/> or <see cref="ITokenStatusProvider"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// The section that the client's <see cref="JwtGrantOptions"/> are bound from. Unknown keys are reported as errors.
    /// </param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">A client without a name was added already.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddJwtGrantClient(builder.Configuration.GetSection("JwtGrant"));
    /// builder.Services.AddSingleton&lt;Billing&gt;();
    ///
    /// class Billing(ITokenSource tokens)
    /// {
    ///     public ValueTask&lt;AccessToken&gt; AuthorizeAsync(CancellationToken cancellationToken) => tokens.GetTokenAsync(cancellationToken);
    /// }
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, IConfiguration section) =>
        services.AddJwtGrantClient(Options.Options.DefaultName, section);

    /// <summary>
    /// Adds the unnamed client, whose options are set in code; see <see cref="AddJwtGrantClient(IServiceCollection, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the client's options.</param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">A client without a name was added already.</exception>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, Action<JwtGrantOptions> configure) =>
        services.AddJwtGrantClient(Options.Options.DefaultName, configure);

    /// <summary>
    /// Returns the builder of a client that AddJwtGrantClient added, for example to replace its token endpoint in a test. Its options are changed by
    /// <c>services.Configure&lt;JwtGrantOptions&gt;(name, ...)</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The client's name. Default: empty, the unnamed client.</param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">There is no client with this name.</exception>
    /// <example>
    /// <code>
    /// services.Configure&lt;JwtGrantOptions>("reports", options => options.Issuer = server.Issuer);
    /// services.ConfigureJwtGrantClient("reports").UseTokenEndpointHandler(_ => server.CreateHandler());
    /// </code>
    /// </example>
    public static IJwtGrantClientBuilder ConfigureJwtGrantClient(this IServiceCollection services, string name = "")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        return services.HasClient(name) ? new JwtGrantClientBuilder(name, services) : throw new InvalidOperationException(
            $"There is no JwtGrantClient {(name.Length == 0 ? "without a name" : $"named '{name}'")} to configure. Call AddJwtGrantClient first, or correct the name.");
    }

    /// <summary>
    /// Adds <see cref="ITokenSourceProvider"/> without a client, for an application whose client names are known only at run time. The settings
    /// of the clients are the named options of <see cref="JwtGrantOptions"/>. AddJwtGrantClient includes this call.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddJwtGrantClients(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        ClientRegistry.AddTo(services);
        services.AddUnkeyedServices();
        // Registered for any key, so that an unknown name causes an error that lists the known names.
        services.TryAddKeyedSingleton<ITokenSource>(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Tokens);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Endpoint);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Assertions);
        services.TryAddKeyedSingleton<ITokenRevocation>(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Revocation);
        services.TryAddKeyedSingleton<ITokenStatusProvider>(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Tokens);
        return services;
    }

    private static JwtGrantClientBuilder AddNamedClient(
        this IServiceCollection services, string name, Action<OptionsBuilder<JwtGrantOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        // Two clients with one name would be one client, with the key of one and the id of the other.
        if (services.HasClient(name))
            throw new InvalidOperationException(name.Length == 0
                ? "A JwtGrantClient without a name was added already. Give the second client a name: AddJwtGrantClient(name, ...). To change the settings of the first, call services.Configure<JwtGrantOptions>(...); its other parts, services.ConfigureJwtGrantClient()."
                : $"A JwtGrantClient named '{name}' was added already. Use another name. To change the settings of the first, call services.Configure<JwtGrantOptions>(\"{name}\", ...); its other parts, services.ConfigureJwtGrantClient(\"{name}\").");
        configure(services.AddOptions<JwtGrantOptions>(name).ValidateOnStart());
        services.AddSingleton(new DependencyRegistration(name));
        services.AddJwtGrantClients();
        return new(name, services);
    }

    private static bool HasClient(this IServiceCollection services, string name)
    {
        foreach (var service in services)
            if (service is { IsKeyedService: false, ImplementationInstance: DependencyRegistration { Apply: null } client } && client.Client == name)
                return true;
        return false;
    }

    // Also without an unnamed client: the error then lists the names, which the container cannot.
    private static void AddUnkeyedServices(this IServiceCollection services)
    {
        services.TryAddSingleton<ITokenSource>(provider => provider.GetClient(Options.Options.DefaultName).Tokens);
        services.TryAddSingleton(provider => provider.GetClient(Options.Options.DefaultName).Endpoint);
        services.TryAddSingleton(provider => provider.GetClient(Options.Options.DefaultName).Assertions);
        services.TryAddSingleton<ITokenRevocation>(provider => provider.GetClient(Options.Options.DefaultName).Revocation);
        services.TryAddSingleton<ITokenStatusProvider>(provider => provider.GetClient(Options.Options.DefaultName).Tokens);
    }

    private static ComposedClient GetClient(this IServiceProvider provider, object? key) =>
        provider.GetRequiredService<ClientRegistry>().Get(key as string ?? throw JwtGrantException.Configuration(
            "client_unknown",
            $"The key '{key}' is of the type {key?.GetType().ToString() ?? "null"}; expected the client's name, a string. Use the name that AddJwtGrantClient was called with."));
}
