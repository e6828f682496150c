using System.Diagnostics.Metrics;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Sources;

/// <summary>A token source of the application below the cache of the library.</summary>
public sealed class UseTokenSourceTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly OwnSource _source = new();
    private readonly ServiceCollection _collection = new();
    private ServiceProvider? _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? default;

    [Fact]
    public async Task Its_tokens_are_cached_for_each_request()
    {
        Create();

        var values = new List<string>();
        foreach (var subject in new[] { "alice", "bob", "alice", null })
            values.Add((await GetAsync(new() { Subject = subject })).Value);

        Assert.Equal(["own-1", "own-2", "own-1", "own-3"], values);
    }

    [Fact]
    public async Task Simultaneous_calls_cause_one_call_of_the_source()
    {
        Create();
        var arrived = new TaskCompletionSource();
        _source.DelayUntil = arrived.Task;

        var calls = Enumerable.Range(0, 100).Select(_ => GetAsync()).ToList();
        arrived.SetResult();

        Assert.Single((await Task.WhenAll(calls)).Distinct());
        Assert.Equal(1, _source.Calls);
    }

    [Fact]
    public async Task A_token_is_refreshed_before_it_expires_and_no_call_waits()
    {
        Create();
        await GetAsync();
        var refreshed = new TaskCompletionSource();
        _source.OnCall = refreshed.SetResult;
        _time.Advance(TimeSpan.FromMinutes(50));

        Assert.Equal("own-1", (await GetAsync()).Value);
        await refreshed.Task.WithTimeout();

        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task A_source_that_fails_is_called_again_after_the_backoff()
    {
        Create();
        _source.Error = new InvalidOperationException("the vault is sealed");
        var errors = new List<JwtGrantException>();
        foreach (var _ in Enumerable.Range(0, 5))
            errors.Add(await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync()));
        _source.Error = null;
        _time.Advance(TimeSpan.FromMinutes(1));

        await GetAsync();

        Assert.All(errors, error => Assert.Equal(("token_source_failed", "own"), (error.Code, error.Client)));
        Assert.Contains("The token source failed with InvalidOperationException: the vault is sealed.", errors[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("\nClient 'own'.", errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task A_source_that_returns_null_is_an_error()
    {
        Create();
        _source.ReturnsNull = true;

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync());

        Assert.Equal("part_missing", error.Code);
    }

    [Fact]
    public async Task A_rejected_token_is_invalidated_in_the_source_before_the_next_one_is_requested()
    {
        Create();
        var received = new List<string?>();
        var api = new StubHandler(request =>
        {
            received.Add(request.Headers.Authorization?.Parameter);
            return new(received.Count == 2 ? System.Net.HttpStatusCode.Unauthorized : System.Net.HttpStatusCode.OK);
        });
        using var http = new HttpMessageInvoker(new AccessTokenHandler(Tokens, ProtectedApi.Options()) { InnerHandler = api });

        foreach (var _ in Enumerable.Range(0, 2))
            await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address), Cancellation);

        Assert.Equal(["own-1", "own-1", "own-2"], received);
        Assert.Equal(["own-1"], _source.Invalidated);
    }

    [Fact]
    public async Task Acquisitions_are_counted()
    {
        _collection.AddMetrics();
        Create();
        using var measurements = new Measurements(_services!.GetRequiredService<IMeterFactory>().Create(TokenMetrics.MeterName));

        await GetAsync();

        Assert.Equal(["jwtgrantclient.acquisitions 1 client=own reason=first outcome=acquired"], measurements.Recorded);
    }

    [Fact]
    public async Task Its_tokens_can_be_shared_and_be_the_input_of_another_client()
    {
        var (store, outer) = (new InMemoryTokenStore(), new FakeTokenEndpoint());
        var stored = new TaskCompletionSource();
        store.OnStored = stored.SetResult;
        _collection.Configure<JwtGrantOptions>("own", options => options.Cache.SharingName = "blue");
        _collection.AddTestClient("outer", outer);
        _collection.Configure<JwtGrantOptions>("outer", options => options.Assertion.From = "own");
        Create().UseSharedTokenStore(_ => store);
        Build();

        await _services!.GetRequiredKeyedService<ITokenSource>("outer").GetTokenAsync(Cancellation);
        await stored.Task.WithTimeout();

        Assert.Equal(("own-1", "own-1"), (outer.Forms[0]["assertion"], store.SingleToken.Value));
    }

    [Fact]
    public async Task Such_a_client_has_no_token_endpoint_and_forgets_tokens_without_revoking_them()
    {
        Create();
        await GetAsync(new() { Subject = "alice" });
        var revocation = _services!.GetRequiredKeyedService<ITokenRevocation>("own");

        await revocation.ForgetSubjectAsync("alice", Cancellation);
        await GetAsync(new() { Subject = "alice" });
        var revoked = await Assert.ThrowsAsync<JwtGrantException>(() => revocation.RevokeAsync(new() { Subject = "alice" }, Cancellation));
        var endpoint = Assert.Throws<JwtGrantException>(() => _services!.GetRequiredKeyedService<ITokenEndpoint>("own"));

        Assert.Equal((2, "revocation_unavailable", "no_token_endpoint"), (_source.Calls, revoked.Code, endpoint.Code));
    }

    [Fact]
    public void Settings_without_effect_and_a_missing_sharing_name_are_problems()
    {
        _collection.Configure<JwtGrantOptions>("own", options => (options.Issuer, options.Scope) = (TestData.Issuer, "read"));
        Create().UseSharedTokenStore(_ => new InMemoryTokenStore());
        Build();

        var error = Assert.Throws<JwtGrantException>(() => Tokens);

        Assert.Equal("settings_invalid", error.Code);
        Assert.Contains("Issuer is set, but the tokens of the client come from UseTokenSource. Remove the setting, or do not call UseTokenSource.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Scope is set, but", error.Message, StringComparison.Ordinal);
        Assert.Contains("code decides whose tokens they are (UseTokenSource)", error.Message, StringComparison.Ordinal);
    }

    private ITokenSource Tokens => _services!.GetRequiredKeyedService<ITokenSource>("own");

    private IJwtGrantClientBuilder Create()
    {
        _collection.AddSingleton<TimeProvider>(_time);
        var builder = _collection.AddJwtGrantClient("own", _ => { }).UseTokenSource(_ => _source);
        Build();
        return builder;
    }

    private void Build() => _services = _collection.BuildServiceProvider();

    private Task<AccessToken> GetAsync(TokenRequest? request = null) =>
        Tokens.GetTokenAsync(request ?? TokenRequest.Default, Cancellation).AsTask().WithTimeout();

    /// <summary>The token source of an application. It issues own-1, own-2 and so on.</summary>
    private sealed class OwnSource : ITokenSource
    {
        private int _calls;

        public int Calls => _calls;

        public Task DelayUntil { get; set; } = Task.CompletedTask;

        public Action OnCall { get; set; } = () => { };

        public Exception? Error { get; set; }

        public bool ReturnsNull { get; set; }

        public List<string> Invalidated { get; } = [];

        public async ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
        {
            var number = Interlocked.Increment(ref _calls);
            OnCall();
            await DelayUntil.WaitAsync(cancellationToken);
            return Error is not null ? throw Error : ReturnsNull ? null! : new($"own-{number}", TestData.Moment + TimeSpan.FromHours(number));
        }

        public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default)
        {
            Invalidated.Add(rejected.Value);
            return default;
        }
    }
}
