using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>The clients whose tokens another client can use: those of a container, or those that are passed to JwtGrantTokenSource.Create.</summary>
/// <param name="Names">The names that are known at start-up.</param>
/// <param name="Find">Returns the settings of a client, which are not validated; null if there is no client with the name.</param>
/// <param name="Get">Returns a client.</param>
internal sealed record ClientDirectory(
    IEnumerable<string> Names, Func<string, ClientDescription?> Find, Func<string, ComposedClient> Get)
{
    /// <summary>Creates the directory of a container. Nothing is created or validated yet.</summary>
    public static ClientDirectory Create(IEnumerable<DependencyRegistration> registrations, IServiceProvider services) => new(
        registrations.Select(registration => registration.Client).OfType<string>().Distinct(),
        name => Describe(name, registrations, services),
        name => services.GetRequiredService<ClientRegistry>().Get(name));

    // Not from the options monitor: it validates the options, which asks for those of the other clients again.
    private static ClientDescription? Describe(string name, IEnumerable<DependencyRegistration> registrations, IServiceProvider services)
    {
        var options = new JwtGrantOptions();
        foreach (var setup in services.GetServices<IConfigureOptions<JwtGrantOptions>>())
            if (setup is IConfigureNamedOptions<JwtGrantOptions> named)
                named.Configure(name, options);
            else if (name.Length == 0)
                setup.Configure(options);
        foreach (var setup in services.GetServices<IPostConfigureOptions<JwtGrantOptions>>())
            setup.PostConfigure(name, options);
        // A client that is named at run time has settings, but no registration.
        var isKnown = registrations.Any(registration => registration.Client == name) || options.Issuer is not null || options.TokenEndpoint is not null;
        return isKnown ? new(options, ClientDependencies.Create(name, registrations, services)) : null;
    }
}

/// <summary>How a client is configured.</summary>
internal sealed record ClientDescription(JwtGrantOptions Options, ClientDependencies Dependencies);
