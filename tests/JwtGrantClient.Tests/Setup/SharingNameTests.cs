using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Setup;

/// <summary>If code decides whose tokens a client gets, it shares them only under a configured name.</summary>
public sealed class SharingNameTests
{
    private static readonly AssertionProvider Provider = (_, _) => new(new Assertion("assertion", "type", DateTimeOffset.MaxValue));

    private static readonly Dictionary<string, (Action<JwtGrantOptions> Configure, Action<IJwtGrantClientBuilder> Use)> Methods = new()
    {
        ["UseGrantAssertion"] = (_ => { }, client => client.UseGrantAssertion(_ => Provider)),
        ["UseClientAssertion"] = (
            options => (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt),
            client => client.UseClientAssertion(_ => Provider)),
        ["UseSubjectToken"] = (options => options.Grant = GrantType.TokenExchange, client => client.UseSubjectToken(_ => Provider)),
        ["UseActorToken"] = (
            options => (options.Grant, options.TokenExchange.SubjectTokenFile) = (GrantType.TokenExchange, "subject.jwt"),
            client => client.UseActorToken(_ => Provider)),
        ["EditAssertions"] = (_ => { }, client => client.EditAssertions(draft => draft.Claims["tenant"] = "t1")),
        ["UseGrantAssertion or UseSamlAssertion"] = (options => options.Grant = GrantType.Saml2Bearer, client => client.UseGrantAssertion(_ => Provider)),
    };

    public static TheoryData<string> Cases => [.. Methods.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_client_whose_identity_comes_from_code_does_not_start_without_a_sharing_name(string method)
    {
        await using var services = Create(method);

        var error = Assert.Throws<JwtGrantException>(() => services.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Equal("settings_invalid", error.Code);
        Assert.Equal(
            "JwtGrantClient 'reports': Cache:SharingName is missing. The client shares its tokens with other processes, but code decides whose tokens they are "
            + $"({method}). Set Cache:SharingName to a name of that identity, the same in all processes that may share its tokens and another one for each other identity.",
            error.Message);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task With_a_sharing_name_or_without_sharing_the_client_starts(string method)
    {
        await using ServiceProvider named = Create(method, options => options.Cache.SharingName = "blue"), alone = Create(method, isShared: false);

        Assert.NotNull(named.GetRequiredKeyedService<ITokenSource>("reports"));
        Assert.NotNull(alone.GetRequiredKeyedService<ITokenSource>("reports"));
    }

    [Fact]
    public async Task A_provider_that_the_client_does_not_use_needs_no_sharing_name()
    {
        await using var services = Create("UseSubjectToken", options => options.Grant = GrantType.JwtBearer);

        Assert.NotNull(services.GetRequiredKeyedService<ITokenSource>("reports"));
    }

    [Fact]
    public async Task Tokens_of_different_sharing_names_are_not_shared()
    {
        var (endpoint, store) = (new FakeTokenEndpoint(), new InMemoryTokenStore());
        foreach (var name in new[] { "blue", "green" })
        {
            await using var services = Create("EditAssertions", options => options.Cache.SharingName = name, endpoint: endpoint, store: store);
            await services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();
        }

        Assert.Equal(2, endpoint.Requests);
    }

    private static ServiceProvider Create(
        string method, Action<JwtGrantOptions>? configure = null, bool isShared = true, FakeTokenEndpoint? endpoint = null, InMemoryTokenStore? store = null)
    {
        var services = new ServiceCollection();
        var client = services.AddTestClient("reports", endpoint ?? new());
        services.Configure("reports", Methods[method].Configure);
        if (configure is not null)
            services.Configure("reports", configure);
        Methods[method].Use(client);
        if (isShared)
            client.UseSharedTokenStore(_ => store ?? new());
        return services.BuildServiceProvider();
    }
}
