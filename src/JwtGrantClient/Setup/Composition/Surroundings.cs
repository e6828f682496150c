using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Setup;

/// <summary>What a composition needs from outside: the seams of time, transport and telemetry.</summary>
internal sealed record Surroundings(TimeProvider Time, ILogger Logger, Meter Meter)
{
    public IJwtSigner? Signer { get; init; }

    public AssertionProvider? GrantAssertion { get; init; }

    public AssertionProvider? ClientAssertion { get; init; }

    public AssertionProvider? SubjectToken { get; init; }

    public AssertionProvider? ActorToken { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    public Action<AssertionDraft>? EditAssertion { get; init; }

    public HttpMessageHandler? TokenEndpointHandler { get; init; }

    /// <summary>
    /// In place of the built-in rule. Made by who has a pipeline, so that a native program without one has no Polly in it.
    /// </summary>
    public IRetry? Retry { get; init; }

    public ISharedTokenStore? SharedTokenStore { get; init; }

    /// <summary>Uniform in [0, 1): spreads refreshes and retries. From the system's generator, which needs no seed and no lock.</summary>
    public static double Uniform() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
