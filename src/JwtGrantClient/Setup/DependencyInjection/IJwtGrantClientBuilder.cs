using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient;

/// <summary>Configures a client that AddJwtGrantClient added. Extension methods such as UseSigner and EditAssertions extend it.</summary>
public interface IJwtGrantClientBuilder
{
    /// <summary>Gets the client's name; empty for the unnamed client.</summary>
    string Name { get; }

    /// <summary>Gets the services that the client was added to.</summary>
    IServiceCollection Services { get; }
}
