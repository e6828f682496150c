using JwtGrantClient.Assertions;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Composes the source of tokens that a declared request obtains.</summary>
internal static class DeclaredComposition
{
    /// <summary>Returns the source, and the pipeline of its requests.</summary>
    public static (DeclaredTokenSource Source, TokenRequestPipeline Pipeline) Create(
        string name, JwtGrantOptions options, ClientDependencies dependencies, DeclaredRequest declared, BearerCredential credential, TokenEndpointTransport transport,
        Action? onRejected, ServerClock? clock = null)
    {
        var url = new Uri(declared.Url);
        var sender = new RequestSender(name, declared.Url, () => url) { KnownErrors = options.FindKnownErrors(), Provider = options.Provider, Overrides = ProviderOverrides.Find(options) };
        var pipeline = new TokenRequestPipeline(
            options.Retry.Copy(), dependencies.Time, dependencies.Random, dependencies.Logger, dependencies.RetryPipeline.Value,
            dependencies.EndpointLimits.Get(declared.Url, options.EndpointLimits, dependencies.Time, dependencies.Random, dependencies.Logger),
            options.ClientId, sender, onRejected)
        {
            ServerClock = clock,
            Metrics = dependencies.Metrics,
        };
        var source = new DeclaredTokenSource(declared, credential, transport, pipeline, sender) { Scope = options.Scope, MaxMembersSize = options.MaxMembersSize };
        return (source, pipeline);
    }
}
