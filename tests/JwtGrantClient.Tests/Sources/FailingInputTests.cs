using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Sources;

/// <summary>If another client fails, whose token a client needs, the error says which step failed and why.</summary>
public sealed class FailingInputTests
{
    public static TheoryData<string> Settings => [.. TokenChain.Settings.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_error_names_the_step_and_keeps_the_code_and_the_advice(string setting)
    {
        await using var chain = new TokenChain(setting);
        chain.Inner.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_scope");

        var error = await chain.FailAsync();

        Assert.Equal(("token_request_refused", "invalid_scope", 400, "inner"), (error.Code, error.Error, error.StatusCode, error.Client));
        Assert.Contains("The server requires a scope, and none was sent. Set Scope.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Client 'inner', endpoint 'https://as.example.com/token'.\nClient 'outer' needs its token (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"needs its token ({(setting == "TokenExchange:ActorTokenFrom" ? "TokenExchange:SubjectTokenFrom" : setting)}).", error.Message, StringComparison.Ordinal);
        Assert.Equal("inner", Assert.IsType<JwtGrantException>(error.InnerException).Client);
        Assert.Equal((1, 0), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task A_transient_failure_of_the_other_client_is_retried_by_that_client_alone()
    {
        await using var chain = new TokenChain("Assertion:From", add: services => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions
            .Configure<JwtGrantOptions>(services, "inner", options => options.Retry.MaxRetryAttempts = 0));
        chain.Inner.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        var error = await chain.FailAsync();

        Assert.True(error.IsTransient);
        Assert.Equal((1, 0), (chain.Inner.Requests, chain.Outer.Requests));
    }

    [Fact]
    public async Task Failures_of_the_other_client_do_not_open_the_circuit_of_the_endpoint()
    {
        await using var chain = new TokenChain("Assertion:From", options => options.TokenEndpoint = "https://api.example.com/token", services =>
            Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<JwtGrantOptions>(
                services, "inner", options => options.Retry.MaxRetryAttempts = 0));
        chain.Inner.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { { "Retry-After", "120" } } };
        foreach (var i in Enumerable.Range(0, 20))
            await chain.FailAsync(new() { Subject = $"user-{i}" });
        chain.Inner.ResponseOverride = _ => null;
        chain.Time.Advance(TimeSpan.FromMinutes(5));

        await chain.GetAsync(request: new() { Subject = "another" });

        Assert.Equal(1, chain.Outer.Requests);
    }

    [Fact]
    public async Task A_page_in_place_of_a_response_of_the_other_client_is_reported_for_that_client()
    {
        await using var chain = new TokenChain("Assertion:From");
        chain.Inner.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>Sign in</html>", null, "text/html") };

        var error = await chain.FailAsync();

        Assert.Equal(("token_response_malformed", "inner"), (error.Code, error.Client));
        Assert.Contains("The response is a web page", error.Message, StringComparison.Ordinal);
    }
}
