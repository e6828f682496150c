using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Assertions;

/// <summary>Additional claims of one request, which are written to its grant assertion and override the configured claims.</summary>
public sealed class RequestClaimTests
{
    private readonly FakeTokenEndpoint _endpoint = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_of_a_request_override_the_configured_claims_in_its_assertion()
    {
        var options = TestClient.Options();
        (options.Assertion.Claims["tenant"], options.Assertion.Claims["region"]) = ("configured", "north");
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);

        await client.GetTokenAsync(With("tenant", "requested"), Cancellation);
        await client.GetTokenAsync(Cancellation);

        Assert.Equal(("requested", "north"), (Sent(0)["tenant"], Sent(0)["region"]));
        Assert.Equal(("configured", "north"), (Sent(1)["tenant"], Sent(1)["region"]));
    }

    [Fact]
    public async Task Claims_can_have_every_type_that_is_written_without_reflection()
    {
        await using var client = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);

        await client.GetTokenAsync(new TokenRequest
        {
            Claims = new Dictionary<string, object> { ["roles"] = new List<string> { "a", "b" }, ["level"] = 3, ["admin"] = true },
        }, Cancellation);

        Assert.Equal(("""["a","b"]""", "3", "True"), (Sent(0)["roles"], Sent(0)["level"], Sent(0)["admin"]));
    }

    [Fact]
    public async Task EditAssertions_sees_the_claims_of_the_request()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint).EditAssertions(draft => draft.Claims["seen"] = $"{draft.Claims["tenant"]}!");
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(With("tenant", "requested"), Cancellation);

        Assert.Equal("requested!", Sent(0)["seen"]);
    }

    [Theory]
    [InlineData("iss"), InlineData("sub"), InlineData("aud"), InlineData("exp"), InlineData("nbf"), InlineData("iat"), InlineData("jti"), InlineData("")]
    public void A_claim_with_a_registered_or_empty_name_is_rejected(string name) => Assert.Throws<ArgumentException>(() => With(name, "x"));

    [Fact]
    public void Requests_with_the_same_claims_as_JSON_in_any_order_are_equal()
    {
        var one = new TokenRequest { Claims = new Dictionary<string, object> { ["a"] = 1, ["b"] = new[] { "x" } } };
        var other = new TokenRequest { Claims = new Dictionary<string, object> { ["b"] = new List<string> { "x" }, ["a"] = 1L } };

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(With("a", "1"), With("a", 1));
    }

    [Fact]
    public async Task A_JSON_claim_is_written_after_its_document_was_disposed()
    {
        var options = TestClient.Options();
        var document = JsonDocument.Parse("""{"city":"Oslo"}""");
        options.Assertion.Claims["configured"] = document.RootElement;
        var request = With("requested", document.RootElement);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);
        document.Dispose();

        await client.GetTokenAsync(request, Cancellation);
        await client.GetNewTokenAsync(request, Cancellation);

        Assert.All([0, 1], i => Assert.Equal(("""{"city":"Oslo"}""", """{"city":"Oslo"}"""), (Sent(i)["configured"], Sent(i)["requested"])));
    }

    [Fact]
    public async Task A_JSON_claim_of_a_dictionary_of_the_caller_is_written_after_its_document_was_disposed()
    {
        var options = TestClient.Options();
        var document = JsonDocument.Parse("""{"city":"Oslo"}""");
        options.Assertion.Claims = new Dictionary<string, object> { ["address"] = document.RootElement };
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _endpoint.Handler);
        document.Dispose();

        await client.GetTokenAsync(With("tenant", "a"), Cancellation);

        Assert.Equal("""{"city":"Oslo"}""", Sent(0)["address"]);
    }

    [Fact]
    public async Task An_edit_may_dispose_the_document_of_a_JSON_claim()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint).EditAssertions(draft =>
        {
            using var document = JsonDocument.Parse("""{"city":"Oslo"}""");
            draft.Claims["address"] = document.RootElement;
            draft.Claims.Add("again", document.RootElement);
        });
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        Assert.Equal(("""{"city":"Oslo"}""", """{"city":"Oslo"}"""), (Sent(0)["address"], Sent(0)["again"]));
    }

    [Fact]
    public void Claims_do_not_change_with_the_collections_of_the_caller()
    {
        var roles = new List<string> { "reader" };
        var request = With("roles", roles);

        roles.Add("admin");

        Assert.Equal(["reader"], Assert.IsType<string[]>(request.Claims["roles"]));
        Assert.Equal(With("roles", new[] { "reader" }), request);
    }

    [Fact]
    public void ToString_lists_the_names_of_claims_without_their_values() =>
        Assert.EndsWith("claims: pin", With("pin", "1234").ToString(), StringComparison.Ordinal);

    private static TokenRequest With(string name, object value) => new() { Claims = new Dictionary<string, object> { [name] = value } };

    private Jwt Sent(int index) => Jwt.Parse(_endpoint.Forms[index]["assertion"]!);
}
