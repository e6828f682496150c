using System.Security.Cryptography;
using System.Threading.Channels;
using JwtGrantClient.Assertions;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>Two workloads with the same client name, the same paths and the same store never get each other's tokens.</summary>
public sealed class ForeignTokenTests : IAsyncLifetime
{
    private const string Issuer = "https://idp.example.com", OtherIssuer = "https://other.example.com";

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly ObservedStore _store = new();
    private readonly TemporaryFolder _folder = new();
    private StrictAuthorizationServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _server = StrictAuthorizationServer.CreateInMemory(new() { TimeProvider = _time });
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        foreach (var issuer in new[] { Issuer, OtherIssuer })
            _server.TrustIssuer(new() { Issuer = issuer, PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem() });
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task No_workload_gets_the_token_of_another_one_in_a_million_calls()
    {
        const int rounds = 200, callsPerRound = 2500;
        await using ServiceProvider admin = CreateWorkload(), guest = CreateWorkload();
        (string Subject, ITokenSource Tokens)[] workloads = [("admin", SourceOf(admin)), ("guest", SourceOf(guest))];
        var subjects = new Dictionary<string, string?>();
        var (calls, foreignTokens) = (0, 0);

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (subject, tokens) in workloads)
            {
                WriteTokenFile(subject);
                for (var i = 0; i < callsPerRound; i++, calls++)
                {
                    var token = await tokens.GetTokenAsync(Cancellation);
                    if (!subjects.TryGetValue(token.Value, out var owner))
                        subjects[token.Value] = owner = SubjectOf(token);
                    if (owner != subject)
                        foreignTokens++;
                }
                await _store.NextStoredAsync();
            }
            _time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal((1_000_000, 0), (calls, foreignTokens));
        Assert.Equal(2 * rounds, _server.TokensIssued);
    }

    [Fact]
    public async Task A_subject_of_another_issuer_is_another_identity()
    {
        await using ServiceProvider one = CreateWorkload(), other = CreateWorkload();
        WriteTokenFile("admin");
        var token = await SourceOf(one).GetTokenAsync(Cancellation);
        await _store.NextStoredAsync();
        WriteTokenFile("admin", OtherIssuer);

        Assert.NotEqual(token.Value, (await SourceOf(other).GetTokenAsync(Cancellation)).Value);
    }

    [Fact]
    public async Task Workloads_with_the_same_identity_share_a_token_after_the_token_file_was_renewed()
    {
        await using ServiceProvider one = CreateWorkload(), other = CreateWorkload();
        WriteTokenFile("admin");
        var token = await SourceOf(one).GetTokenAsync(Cancellation);
        await _store.NextStoredAsync();
        WriteTokenFile("admin");

        Assert.Equal(token.Value, (await SourceOf(other).GetTokenAsync(Cancellation)).Value);
    }

    [Fact]
    public async Task A_token_is_not_published_if_the_token_file_changed_its_owner_during_the_request()
    {
        await using ServiceProvider one = CreateWorkload(), other = CreateWorkload();
        WriteTokenFile("admin");
        // After the look-up in the store and before the token request.
        _store.OnRead = () => WriteTokenFile("guest");
        Assert.Equal("guest", SubjectOf(await SourceOf(one).GetTokenAsync(Cancellation)));
        _store.OnRead = () => { };

        WriteTokenFile("admin");
        Assert.Equal("admin", SubjectOf(await SourceOf(other).GetTokenAsync(Cancellation)));
    }

    private static ITokenSource SourceOf(ServiceProvider workload) => workload.GetRequiredKeyedService<ITokenSource>("reports");

    private string? SubjectOf(AccessToken token) => _server.CheckAccessToken($"Bearer {token.Value}").Subject;

    private void WriteTokenFile(string subject, string issuer = Issuer)
    {
        var factory = new AssertionFactory(
            new("JWT", issuer, subject, _server.Issuer, TimeSpan.FromMinutes(2), new Dictionary<string, object>()),
            TestSigner.Load(new() { Text = Keys.P256.ExportPkcs8PrivateKeyPem() }),
            _time,
            new(RandomNumberGenerator.Fill));
        // The key is in memory, so the call completes synchronously.
        _folder.Write("token", factory.ProvideAsync(new(), Cancellation).AsTask().GetAwaiter().GetResult().Value);
    }

    private ServiceProvider CreateWorkload()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddJwtGrantClient("reports", options =>
        {
            options.Issuer = _server.Issuer;
            options.TokenEndpoint = _server.TokenEndpoint;
            options.Assertion.TokenFile = _folder.GetPath("token");
            options.AllowLoopbackHttp = true;
        }).UseTokenEndpointHandler(_ => _server.CreateHandler()).UseSharedTokenStore(_ => _store);
        return services.BuildServiceProvider();
    }

    /// <summary>A store whose writes a test can await.</summary>
    private sealed class ObservedStore : ISharedTokenStore
    {
        private readonly InMemoryTokenStore _inner = new();
        private readonly Channel<string> _stored = Channel.CreateUnbounded<string>();

        public Action OnRead { get; set; } = () => { };

        public Task<string> NextStoredAsync() => _stored.Reader.ReadAsync(Cancellation).AsTask().WithTimeout();

        public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
        {
            var entry = await _inner.GetAsync(key, cancellationToken);
            OnRead();
            return entry;
        }

        public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
        {
            await _inner.SetAsync(key, token, cancellationToken);
            _stored.Writer.TryWrite(key);
        }
    }
}
