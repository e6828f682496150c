using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Assertions;

/// <summary>Further claims for one request: in its grant assertion, over those of the settings.</summary>
public sealed class RequestClaimTests
{
    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stand_in_its_assertion_and_go_before_those_of_the_settings()
    {
        var options = TestClient.Options();
        (options.Assertion.Claims["tenant"], options.Assertion.Claims["kept"]) = ("configured", "yes");
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);

        await client.GetTokenAsync(With("tenant", "own"), Cancellation);
        await client.GetTokenAsync(Cancellation);

        Assert.Equal(("own", "yes"), (Sent(0)["tenant"], Sent(0)["kept"]));
        Assert.Equal(("configured", "yes"), (Sent(1)["tenant"], Sent(1)["kept"]));
    }

    [Fact]
    public async Task May_be_of_every_kind_that_JSON_has_without_reflection()
    {
        await using var client = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);

        await client.GetTokenAsync(new TokenRequest
        {
            Claims = new Dictionary<string, object> { ["roles"] = new List<string> { "a", "b" }, ["level"] = 3, ["admin"] = true },
        }, Cancellation);

        Assert.Equal(("""["a","b"]""", "3", "True"), (Sent(0)["roles"], Sent(0)["level"], Sent(0)["admin"]));
    }

    [Fact]
    public async Task Are_seen_by_the_one_who_edits_assertions()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint).EditAssertions(draft => draft.Claims["seen"] = $"{draft.Claims["tenant"]}!");
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(With("tenant", "own"), Cancellation);

        Assert.Equal("own!", Sent(0)["seen"]);
    }

    [Theory]
    [InlineData("iss"), InlineData("sub"), InlineData("aud"), InlineData("exp"), InlineData("nbf"), InlineData("iat"), InlineData("jti"), InlineData("")]
    public void May_not_be_registered_ones(string name) => Assert.Throws<ArgumentException>(() => With(name, "x"));

    [Fact]
    public void Are_compared_by_their_JSON_and_in_any_order()
    {
        var one = new TokenRequest { Claims = new Dictionary<string, object> { ["a"] = 1, ["b"] = new[] { "x" } } };
        var other = new TokenRequest { Claims = new Dictionary<string, object> { ["b"] = new List<string> { "x" }, ["a"] = 1L } };

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(With("a", "1"), With("a", 1));
    }

    [Fact]
    public void Do_not_change_with_the_caller_s_collections()
    {
        var roles = new List<string> { "reader" };
        var request = With("roles", roles);

        roles.Add("admin");

        Assert.Equal(["reader"], Assert.IsType<string[]>(request.Claims["roles"]));
        Assert.Equal(With("roles", new[] { "reader" }), request);
    }

    [Fact]
    public void Are_named_in_its_text_without_their_values() =>
        Assert.EndsWith("claims: pin", With("pin", "1234").ToString(), StringComparison.Ordinal);

    private static TokenRequest With(string name, object value) => new() { Claims = new Dictionary<string, object> { [name] = value } };

    private Jwt Sent(int index) => Jwt.Parse(_endpoint.Forms[index]["assertion"]!);
}
