using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient;

/// <summary>What AddJwtGrantClient returns: further parts of the client hang on it.</summary>
public interface IJwtGrantClientBuilder
{
    /// <summary>The client's name; empty for the one without.</summary>
    string Name { get; }

    /// <summary>The services that the client is part of.</summary>
    IServiceCollection Services { get; }
}
