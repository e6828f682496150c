using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>What a chain of two clients costs: nothing for a cached token, and one request for each step and user.</summary>
public sealed class ChainCostTests
{
    private const int Users = 10_000, Calls = 1_000;

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_cached_token_of_a_chain_is_returned_without_allocation(bool hasUserToken)
    {
        await using var chain = hasUserToken ? CreateUserChain() : new TokenChain("Assertion:From");
        var request = hasUserToken ? RequestOf("alice") : new TokenRequest { Subject = "alice" };
        // An equal request that is another object. Its hash is computed once.
        TokenRequest[] requests = [hasUserToken ? RequestOf("alice") : new() { Subject = "alice" }, hasUserToken ? request : TokenRequest.Default];
        if (!hasUserToken)
            await chain.GetAsync();
        await chain.GetAsync(request: request);
        var tokens = chain["outer"];
        Get();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Get();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Get()
        {
            foreach (var cached in requests)
            {
                var pending = tokens.GetTokenAsync(cached, CancellationToken.None);
                Assert.True(pending.IsCompletedSuccessfully, "The token was not cached.");
            }
        }
    }

    // Both clients use one endpoint with 64 requests at once: an outer request must not take the place of the inner one that it waits for.
    [Fact]
    public async Task Ten_thousand_users_at_once_take_one_request_for_each_step_and_user()
    {
        await using var chain = CreateUserChain();

        await Task.WhenAll(Enumerable.Range(0, Users).Select(i => chain.GetAsync(request: RequestOf($"user-{i}"))));
        await Task.WhenAll(Enumerable.Range(0, Users).Select(i => chain.GetAsync(request: RequestOf($"user-{i}"))));

        Assert.Equal((Users, Users), (chain.Inner.Requests, chain.Outer.Requests));
        Assert.Equal(Users, chain.Sent.Distinct().Count());
    }

    [Fact]
    public async Task A_thousand_calls_at_once_for_one_user_take_one_request_for_each_step()
    {
        await using var chain = CreateUserChain();
        var arrived = new TaskCompletionSource();
        chain.Inner.DelayResponseUntil = arrived.Task;

        var calls = Enumerable.Range(0, Calls).Select(_ => chain.GetAsync(request: RequestOf("alice"))).ToList();
        arrived.SetResult();
        var tokens = await Task.WhenAll(calls);

        Assert.Single(tokens.Distinct());
        Assert.Equal((1, 1), (chain.Inner.Requests, chain.Outer.Requests));
    }

    private static TokenChain CreateUserChain() => new("Assertion:From", add: services =>
    {
        // The many timers of thousands of requests make a fake clock slow.
        services.AddSingleton(TimeProvider.System);
        services.Configure<JwtGrantOptions>("inner", options => (options.Grant, options.TokenExchange.SubjectTokenFromRequest) = (GrantType.TokenExchange, true));
    });

    private static TokenRequest RequestOf(string user) => new() { Subject = user, SubjectToken = new($"token of {user}", TokenTypes.IdToken) };
}
