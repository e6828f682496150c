using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Setup;

internal sealed record JwtGrantClientBuilder(string Name, IServiceCollection Services) : IJwtGrantClientBuilder;
