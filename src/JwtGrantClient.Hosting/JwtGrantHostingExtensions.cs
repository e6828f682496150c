using JwtGrantClient;
using JwtGrantClient.Hosting;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Ties clients to the host's start.</summary>
public static class JwtGrantHostingExtensions
{
    /// <summary>
    /// Acquires the client's first token when the host starts. The server's metadata, the key and the registration are so tried out before
    /// the first request: a key that the metadata rules out, for one, fails here with both lists.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="failFast">Whether a failure stops the host. Default: true. If false it is logged, and the first request tries again.</param>
    public static IJwtGrantClientBuilder AddWarmUp(this IJwtGrantClientBuilder builder, bool failFast = true)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHostedService>(services => new WarmUp(
            builder.Name, services.GetRequiredKeyedService<ITokenSource>(builder.Name), failFast, services.GetRequiredService<Logging.ILogger<WarmUp>>()));
        return builder;
    }
}
