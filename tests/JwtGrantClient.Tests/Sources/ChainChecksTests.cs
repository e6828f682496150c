using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Sources;

/// <summary>Chains that cannot work stop the host at start-up.</summary>
public sealed class ChainChecksTests
{
    [Fact]
    public async Task An_unknown_client_is_found_at_start_up()
    {
        var problems = await StartAsync(("orders", options => options.Assertion.From = "hr"), ("billing", _ => { }));

        Assert.Equal(
            ["JwtGrantClient 'orders': Assertion:From names the client 'hr', which does not exist. Known: 'billing'. Add it with AddJwtGrantClient, or correct the name."],
            problems);
    }

    [Fact]
    public async Task A_cycle_is_found_at_start_up_and_printed()
    {
        var problems = await StartAsync(
            ("a", options => options.Assertion.From = "b"),
            ("b", options => Exchange(options, "c")),
            ("c", options => (options.Grant, options.ClientAuthentication, options.ClientAssertion.From) =
                (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, "a")),
            ("d", options => options.Assertion.From = "a"));

        Assert.Equal(
            [
                "JwtGrantClient 'a': Assertion:From: the clients need the tokens of each other: 'a' -> 'b' -> 'c' -> 'a'. Remove one of these references.",
                "JwtGrantClient 'b': TokenExchange:SubjectTokenFrom: the clients need the tokens of each other: 'b' -> 'c' -> 'a' -> 'b'. Remove one of these references.",
                "JwtGrantClient 'c': ClientAssertion:From: the clients need the tokens of each other: 'c' -> 'a' -> 'b' -> 'c'. Remove one of these references.",
            ],
            problems);
    }

    [Fact]
    public async Task A_client_that_needs_its_own_token_is_a_cycle() => Assert.Equal(
        ["JwtGrantClient 'a': Assertion:From: the clients need the tokens of each other: 'a' -> 'a'. Remove one of these references."],
        await StartAsync(("a", options => options.Assertion.From = "a")));

    [Fact]
    public async Task Two_clients_may_use_the_token_of_the_same_client_and_a_chain_may_have_several_steps() => Assert.Empty(await StartAsync(
        ("a", _ => { }), ("b", options => options.Assertion.From = "a"), ("c", options => Exchange(options, "a")), ("d", options => Exchange(options, "c"))));

    [Fact]
    public async Task A_reference_that_the_grant_does_not_use_is_a_problem() => Assert.Equal(
        [
            "JwtGrantClient 'a': Assertion:From is set, but Grant is ClientCredentials, which has no assertion. Set Grant to JwtBearer or Saml2Bearer, or remove the setting.",
            "JwtGrantClient 'b': ClientAssertion:From is set, but ClientAuthentication is None, which sends no client assertion. Set ClientAuthentication to PrivateKeyJwt, or remove the setting.",
            "JwtGrantClient 'c': TokenExchange is set, but Grant is JwtBearer. Set Grant to TokenExchange, or remove the section.",
            "JwtGrantClient 'd': InputReuse is Once, but the client sends no token of another client. Set Assertion:From, ClientAssertion:From or TokenExchange:SubjectTokenFrom, or remove the setting.",
            "JwtGrantClient 'e': Assertion:From and Assertion:TokenFile are both set. Set one of them.",
            "JwtGrantClient 'f': TokenExchange:SubjectTokenFrom and TokenExchange:SubjectTokenFile are both set. Set one of them.",
        ],
        await StartAsync(
            ("x", _ => { }),
            ("a", options => (options.Assertion.From, options.Grant, options.ClientAuthentication, options.ClientAssertion.Audience) =
                ("x", GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, "as")),
            ("b", options => options.ClientAssertion.From = "x"),
            ("c", options => options.TokenExchange.SubjectTokenFrom = "x"),
            ("d", options => options.InputReuse = InputReuse.Once),
            ("e", options => (options.Assertion.From, options.Assertion.TokenFile) = ("x", "x.jwt")),
            ("f", options =>
            {
                Exchange(options, "x");
                options.TokenExchange.SubjectTokenFile = "x.jwt";
            })));

    [Fact]
    public void Without_a_container_the_other_clients_must_be_passed()
    {
        var options = TestClient.Options();
        options.Assertion.From = "hr";

        var error = Assert.Throws<JwtGrantException>(() => JwtGrantTokenSource.Create(options));

        Assert.Equal(
            "Assertion:From names the client 'hr', but no clients are known. Pass them to JwtGrantTokenSource.Create, or add all clients with AddJwtGrantClient.",
            error.Message);
    }

    [Fact]
    public async Task A_client_that_is_named_at_run_time_can_be_a_step_of_a_chain()
    {
        var endpoint = new FakeTokenEndpoint();
        var services = new ServiceCollection();
        services.AddTestClient("orders", endpoint);
        services.Configure<JwtGrantOptions>("orders", options => options.Assertion.From = "tenant-1");
        services.Configure<JwtGrantOptions>("tenant-1", TestClient.Configure);
        await using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredKeyedService<ITokenSource>("orders"));
    }

    private static void Exchange(JwtGrantOptions options, string client) =>
        (options.Grant, options.TokenExchange.SubjectTokenFrom) = (GrantType.TokenExchange, client);

    private static async Task<IReadOnlyList<string>> StartAsync(params (string Name, Action<JwtGrantOptions> Configure)[] clients)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        foreach (var (name, configure) in clients)
        {
            builder.Services.AddTestClient(name, new());
            builder.Services.Configure(name, configure);
        }
        using var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e)
        {
            return [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(problem => problem.Failures)];
        }
    }
}
