using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Polly;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A token endpoint client with real keys and assertions, a fake clock and, by default, retries without delay.</summary>
internal sealed class Composition
{
    /// <summary>The address of the token endpoint; null to discover it from metadata.</summary>
    public string? Endpoint { get; init; }

    public string Issuer { get; init; } = TestData.Issuer;

    /// <summary>The origins that endpoints of metadata may have; empty for all.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    public bool Authenticated { get; init; }

    public string? ClientId { get; init; }

    public ObservedTime Time { get; init; } = new();

    public Func<double> Random { get; init; } = () => 0;

    public HttpMessageHandler Handler { get; init; } = TokenEndpointConnections.CreateHandler();

    public ResiliencePipeline? Pipeline { get; init; }

    public RetryOptions Retry { get; } = new();

    public CapturedLog Log { get; } = new();

    public AssertionFactory Assertions(string type = "JWT") => new(
        new(type, TestData.ClientId, TestData.ClientId, Issuer, TimeSpan.FromMinutes(2), new Dictionary<string, object>()),
        TestSigner.Load(new() { Text = TestData.RsaPrivatePem, KeyId = TestData.KeyId }),
        Time,
        new(RandomNumberGenerator.Fill));

    public Grant JwtBearer(TokenRequest? request = null) => Grant.JwtBearer(Assertions().ProvideAsync, request ?? TokenRequest.Default);

    public TokenEndpointClient Build()
    {
        var transport = new TokenEndpointTransport(Handler, Time, Retry.MaxRetryAfter);
        return new(
            Endpoint is { } endpoint ? new(endpoint) : new(new MetadataDiscovery(new(Issuer, allowLoopbackHttp: true, transport, Time, Log), new(Origins), Log)),
            Authenticated
                ? new PrivateKeyJwt(Assertions("client-authentication+jwt").ProvideAsync, ClientId)
                : new NoClientAuthentication(ClientId),
            transport,
            new TokenRequestPipeline(Retry, Time, Random, Log, Pipeline),
            new ResponseRules(TimeSpan.FromMinutes(5), DefaultType: null));
    }

    /// <summary>Requests a token, by default with a jwt-bearer grant.</summary>
    public Task<TokenResponse> RequestAsync(Grant? grant = null, CancellationToken? cancellation = null) =>
        Build().RequestAsync(grant ?? JwtBearer(), cancellation ?? TestContext.Current.CancellationToken).WaitAsync(ObservedTime.RealTimeout);

    /// <summary>Requests a token, asserts that the request fails, and returns the error.</summary>
    public Task<JwtGrantException> FailAsync(Grant? grant = null) => Assert.ThrowsAsync<JwtGrantException>(() => RequestAsync(grant));
}
