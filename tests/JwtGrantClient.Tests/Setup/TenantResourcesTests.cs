using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Connections and memory of clients that are named at run time.</summary>
public sealed class TenantResourcesTests : IAsyncDisposable
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly ConcurrentQueue<(string Path, string? Proof, string Connection)> _requests = new();
    private LoopbackServer? _server;
    private ServiceProvider? _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task Tenants_of_one_server_share_a_connection()
    {
        var clients = await BuildAsync();

        for (var i = 0; i < 20; i++)
            await clients.Get($"tenant-{i}").GetTokenAsync(Cancellation);

        Assert.Equal(20, _requests.Count);
        Assert.Single(_requests.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task An_idle_client_that_the_application_does_not_hold_is_released()
    {
        var clients = await BuildAsync();
        var client = await UseAsync(clients, "tenant-1");

        PassIdleTime();

        Assert.True(IsCollected(client));
        Assert.Equal("abc", (await clients.Get("tenant-1").GetTokenAsync(Cancellation)).Value);
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public async Task A_client_that_is_used_is_not_released()
    {
        var clients = await BuildAsync();
        var client = await UseAsync(clients, "tenant-1");

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(IdleTime / 2);
            clients.Get("tenant-1");
        }

        Assert.False(IsCollected(client));
    }

    [Fact]
    public async Task A_source_that_the_application_holds_goes_on_working_with_its_DPoP_key()
    {
        var clients = await BuildAsync(options => options.DPoP.Enabled = true);
        var held = clients.Get("tenant-1");
        await held.GetTokenAsync(Cancellation);

        for (var i = 0; i < 3; i++)
        {
            PassIdleTime();
            Assert.False(IsCollected(new(held)));
            await held.GetTokenAsync(Cancellation);
            Assert.Same(held, clients.Get("tenant-1"));
        }

        Assert.Equal(4, _requests.Count);
        // The header of a proof contains the public key.
        Assert.Single(_requests.Select(request => request.Proof!.Split('.')[0]).Distinct());
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("revocation")]
    public async Task A_part_that_the_application_holds_keeps_the_client(string part)
    {
        var clients = await BuildAsync();
        var client = await UseAsync(clients, "tenant-1");
        object held = part == "endpoint" ? Client("tenant-1").Endpoint : Client("tenant-1").Revocation;

        PassIdleTime();

        Assert.False(IsCollected(client));
        GC.KeepAlive(held);
    }

    [Fact]
    public async Task A_registered_client_is_kept()
    {
        var clients = await BuildAsync(configure: null, services => services.AddJwtGrantClient("tenant-1", _ => { }));
        var client = await UseAsync(clients, "tenant-1");

        PassIdleTime();

        Assert.False(IsCollected(client));
    }

    [Fact]
    public async Task An_idle_client_is_not_released_before_its_tokens_are_revoked_or_expired()
    {
        var clients = await BuildAsync(options =>
        {
            options.RevokeOnDispose = true;
            options.RevocationEndpoint = _server!.Address + "/revoke";
        });
        await UseAsync(clients, "short");
        var client = await UseAsync(clients, "long");

        PassIdleTime();
        Assert.False(IsCollected(client));
        await _services!.DisposeAsync();

        Assert.Equal(1, _requests.Count(request => request.Path == "/revoke"));
    }

    [Fact]
    public async Task A_released_client_that_is_held_is_disposed_with_the_container()
    {
        var clients = await BuildAsync();
        var held = clients.Get("tenant-1");
        PassIdleTime();

        await _services!.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => held.GetTokenAsync(Cancellation).AsTask());
    }

    [Fact]
    public async Task The_next_client_of_a_released_name_has_the_current_settings()
    {
        var scope = "one";
        var clients = await BuildAsync(options => options.Scope = scope);
        var client = await UseAsync(clients, "tenant-1");
        PassIdleTime();
        Assert.True(IsCollected(client));

        scope = "two";

        Assert.Equal("two", _services!.GetRequiredService<IOptionsMonitor<JwtGrantOptions>>().Get("tenant-1").Scope);
    }

    private async Task<ITokenSourceProvider> BuildAsync(Action<JwtGrantOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        _server = await LoopbackServer.StartAsync(RespondAsync);
        var services = new ServiceCollection().AddJwtGrantClients();
        services.AddSingleton<TimeProvider>(_time);
        services.ConfigureAll<JwtGrantOptions>(options =>
        {
            TestClient.Configure(options);
            options.TokenEndpoint = _server.Address + "/token";
            options.Cache.IdleTime = IdleTime;
            configure?.Invoke(options);
        });
        services.AddSingleton<IConfigureOptions<JwtGrantOptions>>(new NameInPath());
        register?.Invoke(services);
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<ITokenSourceProvider>();
    }

    private ComposedClient Client(string name) => _services!.GetRequiredService<ClientRegistry>().Get(name);

    private void PassIdleTime()
    {
        _time.Advance(IdleTime);
        _time.Advance(IdleClients.SweepInterval);
    }

    // A test goes on after the Yield, so that no local variable of a method that has used the client keeps it.
    private async Task<WeakReference> UseAsync(ITokenSourceProvider clients, string name)
    {
        await clients.Get(name).GetTokenAsync(Cancellation);
        await Task.Yield();
        return Reference(name);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Reference(string name) => new(Client(name));

    private static bool IsCollected(WeakReference client)
    {
        for (var i = 0; i < 10 && client.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return !client.IsAlive;
    }

    private async Task RespondAsync(HttpContext http)
    {
        _requests.Enqueue((http.Request.Path, http.Request.Headers["DPoP"], http.Connection.Id));
        var (type, lifetime) = (http.Request.Headers.ContainsKey("DPoP") ? "DPoP" : "Bearer", http.Request.Path == "/token/long" ? 36_000 : 60);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync($$"""{"access_token":"abc","token_type":"{{type}}","expires_in":{{lifetime}}}""", http.RequestAborted);
    }

    /// <summary>Appends the name of a client to its token endpoint, so that the server knows it.</summary>
    private sealed class NameInPath : IConfigureNamedOptions<JwtGrantOptions>
    {
        public void Configure(JwtGrantOptions options)
        {
        }

        public void Configure(string? name, JwtGrantOptions options) => options.TokenEndpoint += "/" + name;
    }
}
