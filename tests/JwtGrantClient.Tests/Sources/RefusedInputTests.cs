using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>A token of another client that the server refuses is replaced once.</summary>
public sealed class RefusedInputTests
{
    public static TheoryData<string, string> Refusals => new()
    {
        { "Assertion:From", "invalid_grant" },
        { "ClientAssertion:From", "invalid_client" },
        { "TokenExchange:SubjectTokenFrom", "invalid_grant" },
        { "TokenExchange:SubjectTokenFrom", "invalid_request" },
        { "TokenExchange:ActorTokenFrom", "invalid_request" },
    };

    public static TheoryData<string, string> OtherErrors => new()
    {
        { "Assertion:From", "invalid_request" },
        { "Assertion:From", "invalid_client" },
        { "ClientAssertion:From", "invalid_grant" },
        { "TokenExchange:SubjectTokenFrom", "invalid_target" },
        { "TokenExchange:SubjectTokenFrom", "invalid_client" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_cached_token_that_is_refused_is_replaced_and_the_request_is_sent_again(string setting, string error)
    {
        await using var chain = new TokenChain(setting);
        chain.Outer.ResponseOverride = number => number == 1 ? FakeTokenEndpoint.ErrorResponse(error) : null;
        await chain.GetAsync("inner");

        await chain.GetAsync();

        Assert.Equal(["token-1", "token-2"], chain.Sent);
        Assert.Equal("token-2", (await chain.GetAsync("inner")).Value);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_token_is_replaced_once_for_a_request(string setting, string error)
    {
        await using var chain = new TokenChain(setting);
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse(error);
        await chain.GetAsync("inner");

        var failure = await chain.FailAsync();

        Assert.Equal(("token_request_refused", error, "outer"), (failure.Code, failure.Error, failure.Client));
        Assert.Equal((2, 2), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Theory]
    [MemberData(nameof(OtherErrors))]
    public async Task An_error_that_does_not_concern_the_token_does_not_replace_it(string setting, string error)
    {
        await using var chain = new TokenChain(setting);
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse(error);
        await chain.GetAsync("inner");

        await chain.FailAsync();

        Assert.Equal((1, 1), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task A_token_that_was_acquired_for_the_request_is_not_replaced()
    {
        await using var chain = new TokenChain("Assertion:From");
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");

        await chain.FailAsync();

        Assert.Equal((1, 1), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task Tokens_are_replaced_at_most_once_in_30_seconds()
    {
        await using var chain = new TokenChain("Assertion:From");
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await chain.GetAsync("inner");
        foreach (var scope in new[] { "a", "b", "c" })
            await chain.FailAsync(new() { Scope = scope });
        var inFirstInterval = (chain.Inner.Requests, chain.Outer.Requests);

        chain.Time.Advance(TimeSpan.FromSeconds(31));
        await chain.FailAsync(new() { Scope = "d" });

        Assert.Equal((2, 4), inFirstInterval);
        Assert.Equal((3, 6), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task If_no_other_token_can_be_obtained_the_error_is_that_of_the_server()
    {
        await using var chain = new TokenChain("Assertion:From");
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await chain.GetAsync("inner");
        chain.Inner.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");

        var failure = await chain.FailAsync();

        Assert.Equal(("invalid_grant", "outer"), (failure.Error, failure.Client));
        Assert.Equal((2, 1), (chain.Inner.Requests, chain.Outer.Requests));
        // The old token is still valid for others.
        Assert.Equal("token-1", (await chain.GetAsync("inner")).Value);
    }

    [Fact]
    public async Task With_InputReuse_Once_a_refused_token_is_not_replaced()
    {
        await using var chain = new TokenChain("Assertion:From", options => options.InputReuse = InputReuse.Once);
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");
        await chain.GetAsync("inner");

        await chain.FailAsync();

        Assert.Equal((2, 1), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task A_single_use_grant_is_not_sent_again_but_the_token_is_replaced()
    {
        await using var chain = new TokenChain("ClientAssertion:From");
        chain.Outer.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");
        await chain.GetAsync("inner");
        var endpoint = chain.Services.GetRequiredKeyedService<ITokenEndpoint>("outer");

        await Assert.ThrowsAsync<JwtGrantException>(
            () => endpoint.RequestAsync(Grant.AuthorizationCode("code"), TestContext.Current.CancellationToken).WithTimeout());

        Assert.Equal(1, chain.Outer.Requests);
        Assert.Equal("token-2", (await chain.GetAsync("inner")).Value);
    }

    [Fact]
    public async Task A_background_refresh_also_replaces_a_refused_token()
    {
        await using var chain = new TokenChain("Assertion:From", options => (options.Refresh.EarliestFraction, options.Refresh.LatestFraction) = (0.1, 0.1));
        chain.Outer.ResponseOverride = number => number == 2 ? FakeTokenEndpoint.ErrorResponse("invalid_grant") : null;
        await chain.GetAsync();
        var requested = new TaskCompletionSource();
        chain.Outer.OnRequest = () =>
        {
            if (chain.Outer.Requests == 3)
                requested.SetResult();
        };
        chain.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("token-1", (await chain.GetAsync()).Value);
        await requested.Task.WithTimeout();

        Assert.Equal(["token-1", "token-1", "token-2"], chain.Sent);
    }
}
