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
    /// <see cref="IAssertionSource"/> or <see cref="ITokenRevocation"/>.
    /// </summary>
    /// <remarks>
    /// Calls with the same name configure the same client. The options are validated when a host starts, which fails with an
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
    /// <see cref="ITokenEndpoint"/>, <see cref="IAssertionSource"/> or <see cref="ITokenRevocation"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// The section that the client's <see cref="JwtGrantOptions"/> are bound from. Unknown keys are reported as errors.
    /// </param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
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
        services.AddUnkeyedServices().AddJwtGrantClient(Options.Options.DefaultName, section);

    /// <summary>
    /// Adds the unnamed client, whose options are set in code; see <see cref="AddJwtGrantClient(IServiceCollection, IConfiguration)"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the client's options.</param>
    /// <returns>A builder that configures the client further.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IJwtGrantClientBuilder AddJwtGrantClient(this IServiceCollection services, Action<JwtGrantOptions> configure) =>
        services.AddUnkeyedServices().AddJwtGrantClient(Options.Options.DefaultName, configure);

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
        // Registered for any key, so that an unknown name causes an error that lists the known names.
        services.TryAddKeyedSingleton<ITokenSource>(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Tokens);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Endpoint);
        services.TryAddKeyedSingleton(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Assertions);
        services.TryAddKeyedSingleton<ITokenRevocation>(KeyedService.AnyKey, (provider, key) => provider.GetClient(key).Revocation);
        return services;
    }

    private static JwtGrantClientBuilder AddNamedClient(
        this IServiceCollection services, string name, Action<OptionsBuilder<JwtGrantOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        configure(services.AddOptions<JwtGrantOptions>(name).ValidateOnStart());
        services.AddSingleton(new DependencyRegistration(name));
        services.AddJwtGrantClients();
        return new(name, services);
    }

    private static IServiceCollection AddUnkeyedServices(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ITokenSource>(provider => provider.GetClient(Options.Options.DefaultName).Tokens);
        services.TryAddSingleton(provider => provider.GetClient(Options.Options.DefaultName).Endpoint);
        services.TryAddSingleton(provider => provider.GetClient(Options.Options.DefaultName).Assertions);
        services.TryAddSingleton<ITokenRevocation>(provider => provider.GetClient(Options.Options.DefaultName).Revocation);
        return services;
    }

    private static ComposedClient GetClient(this IServiceProvider provider, object? key) =>
        provider.GetRequiredService<ClientRegistry>().Get(key as string ?? throw JwtGrantException.Configuration(
            "client_unknown",
            $"The key '{key}' is of the type {key?.GetType().ToString() ?? "null"}; expected the client's name, a string. Use the name that AddJwtGrantClient was called with."));
}
