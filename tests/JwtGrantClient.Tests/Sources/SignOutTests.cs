using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>After a user has signed out, no call gets a token that was acquired for that user before: also not one that was under way, or that is being revoked.</summary>
public sealed class SignOutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TokenRequest Alice => new() { Subject = "alice", SubjectToken = new("alice", TokenTypes.IdToken) };

    public static TheoryData<string, bool> Steps => new() { { "inner", false }, { "inner", true }, { "outer", false }, { "outer", true } };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_token_that_arrives_after_the_sign_out_is_not_cached(string step, bool isRefresh)
    {
        await using var chain = CreateChain();
        var endpoint = step == "inner" ? chain.Inner : chain.Outer;
        if (isRefresh)
        {
            await chain.GetAsync(step, Alice);
            chain.Time.Advance(TimeSpan.FromMinutes(55));
        }
        var (arrived, response) = (new TaskCompletionSource(), new TaskCompletionSource());
        (endpoint.OnRequest, endpoint.DelayResponseUntil) = (() => arrived.TrySetResult(), response.Task);
        var waiting = chain.GetAsync(step, Alice);
        await arrived.Task.WithTimeout();

        await ForgetAliceAsync(chain);
        response.SetResult();
        var token = await waiting;
        // The refresh of a valid token, whose result nobody waits for, has ended when this one has.
        var next = await chain.GetAsync(step, Alice);
        var last = await chain.GetAsync(step, Alice);

        Assert.NotEqual(token.Value, next.Value);
        Assert.Equal((next.Value, isRefresh ? 3 : 2), (last.Value, endpoint.Requests));
    }

    [Fact]
    public async Task A_token_that_arrives_after_the_sign_out_is_not_shared()
    {
        var (writes, stored) = (0, new TaskCompletionSource());
        var store = new InMemoryTokenStore
        {
            OnStored = () =>
            {
                Interlocked.Increment(ref writes);
                stored.TrySetResult();
            },
        };
        await using var chain = CreateChain(services => services.ConfigureJwtGrantClient("inner").UseSharedTokenStore(_ => store));
        var (arrived, response) = (new TaskCompletionSource(), new TaskCompletionSource());
        (chain.Inner.OnRequest, chain.Inner.DelayResponseUntil) = (() => arrived.TrySetResult(), response.Task);
        var waiting = chain.GetAsync("inner", Alice);
        await arrived.Task.WithTimeout();

        await ForgetAliceAsync(chain);
        response.SetResult();
        await waiting;
        await chain.GetAsync("inner", Alice);
        await stored.Task.WithTimeout();

        Assert.Equal("token-2", store.SingleToken.Value);
        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task The_tokens_of_all_steps_leave_their_caches_before_the_first_is_revoked()
    {
        await using var chain = CreateChain(services => services.Configure<JwtGrantOptions>("inner", options => options.RevocationEndpoint = "https://as.example.com/revoke"));
        await chain.GetAsync(request: Alice);
        var (arrived, response) = (new TaskCompletionSource(), new TaskCompletionSource());
        (chain.Inner.OnRequest, chain.Inner.DelayResponseUntil) = (() => arrived.TrySetResult(), response.Task);

        var forgetting = ForgetAliceAsync(chain);
        await arrived.Task.WithTimeout();

        Assert.Equal("token-1", chain.Inner.Forms[^1]["token"]);
        Assert.Equal(TokenState.Missing, ((ITokenStatusProvider)chain["outer"]).GetStatus(Alice).State);
        response.SetResult();
        await forgetting;
    }

    private static Task ForgetAliceAsync(TokenChain chain) =>
        chain.Services.GetRequiredKeyedService<ITokenRevocation>("outer").ForgetSubjectAsync("alice", Cancellation).WithTimeout();

    private static TokenChain CreateChain(Action<IServiceCollection>? add = null) => new("Assertion:From", add: services =>
    {
        services.Configure<JwtGrantOptions>("inner", options => (options.Grant, options.TokenExchange.SubjectTokenFromRequest) = (GrantType.TokenExchange, true));
        add?.Invoke(services);
    });
}
