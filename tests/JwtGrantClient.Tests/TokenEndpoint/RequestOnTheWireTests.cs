using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Token requests as a server receives them (RFC 6749 section 3.2, RFC 7523 section 2).</summary>
public sealed class RequestOnTheWireTests
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private const string JwtAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    [Fact]
    public async Task The_jwt_bearer_grant_is_sent_without_client_authentication()
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint }, client => client.JwtBearer());

        Assert.Equal(["assertion", "grant_type"], sent.Form.Keys.Order());
        Assert.Equal(JwtBearer, sent.Form["grant_type"]);
        Assert.Equal("JWT", sent.Assertion.Header.GetProperty("typ").GetString());
        Assert.Equal((TestData.ClientId, TestData.Issuer), (sent.Assertion["sub"], sent.Assertion["aud"]));
        Assert.False(sent.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Client_credentials_are_sent_with_a_client_assertion()
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint, Authenticated = true }, _ => new ClientCredentialsGrant(new()));

        Assert.Equal(["client_assertion", "client_assertion_type", "grant_type"], sent.Form.Keys.Order());
        Assert.Equal(("client_credentials", JwtAssertion), (sent.Form["grant_type"].ToString(), sent.Form["client_assertion_type"].ToString()));
        Assert.Equal("client-authentication+jwt", sent.ClientAssertion.Header.GetProperty("typ").GetString());
    }

    [Fact]
    public async Task A_grant_and_a_client_assertion_in_one_request_are_two_different_JWTs()
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint, Authenticated = true }, client => client.JwtBearer());

        Assert.Equal(["assertion", "client_assertion", "client_assertion_type", "grant_type"], sent.Form.Keys.Order());
        Assert.NotEqual(sent.Assertion["jti"], sent.ClientAssertion["jti"]);
    }

    [Fact]
    public async Task An_authorization_code_is_sent_with_a_client_assertion()
    {
        var sent = await SendAsync(
            endpoint => new() { Endpoint = endpoint, Authenticated = true },
            _ => Grant.AuthorizationCode("c+o/de", "https://app.example.com/back?x=1", "verifier"));

        Assert.Equal(
            ["client_assertion", "client_assertion_type", "code", "code_verifier", "grant_type", "redirect_uri"], sent.Form.Keys.Order());
        Assert.Equal("authorization_code", sent.Form["grant_type"]);
        Assert.Equal(
            ("c+o/de", "https://app.example.com/back?x=1", "verifier"),
            (sent.Form["code"].ToString(), sent.Form["redirect_uri"].ToString(), sent.Form["code_verifier"].ToString()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_client_id_is_sent_if_it_is_set(bool authenticated)
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint, Authenticated = authenticated, ClientId = "id" }, client => client.JwtBearer());

        Assert.Equal("id", Assert.Single(sent.Form["client_id"]));
    }

    [Fact]
    public async Task A_token_request_is_a_POST_of_a_form_that_accepts_JSON()
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint }, client => client.JwtBearer());

        Assert.Equal(("POST", "/token"), (sent.Method, sent.Target));
        Assert.Equal("application/x-www-form-urlencoded", sent.Headers["Content-Type"]);
        Assert.Equal("application/json", sent.Headers["Accept"]);
        Assert.Equal(sent.Body.Length, int.Parse(sent.Headers["Content-Length"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(sent.Headers.ContainsKey("Cookie"));
    }

    [Fact]
    public async Task Form_values_are_encoded_exactly_once()
    {
        var request = new TokenRequest { Scope = "b a", Parameters = new Dictionary<string, string> { ["x"] = "a+b/~ é*", ["empty"] = "" } };

        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint }, client => client.JwtBearer(request));

        Assert.Contains("&x=a%2Bb%2F~+%C3%A9%2A", sent.Body, StringComparison.Ordinal);
        Assert.Equal(("a+b/~ é*", "b a"), (sent.Form["x"].ToString(), sent.Form["scope"].ToString()));
        Assert.DoesNotContain("empty", sent.Form.Keys);
        // A JWT has no characters to escape.
        Assert.DoesNotContain('%', sent.Body.Split('&').Single(field => field.StartsWith("assertion=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Only_resource_is_sent_more_than_once()
    {
        string[] resources = ["https://api.example.com/one", "https://api.example.com/two"];

        var sent = await SendAsync(
            endpoint => new() { Endpoint = endpoint, Authenticated = true, ClientId = "id" },
            client => client.JwtBearer(new() { Scope = "a", Resource = resources }));

        Assert.Equal(resources, sent.Form["resource"].ToArray());
        Assert.All(sent.Form, field => Assert.True(field.Key == "resource" || field.Value.Count == 1));
    }

    [Fact]
    public async Task The_query_of_the_endpoint_is_preserved_and_nothing_is_added_to_it()
    {
        var sent = await SendAsync(endpoint => new() { Endpoint = endpoint + "?tenant=a%20b&p=1" }, client => client.JwtBearer());

        Assert.Equal("/token?tenant=a%20b&p=1", sent.Target);
    }

    private static async Task<Received> SendAsync(Func<string, Composition> compose, Func<Composition, Grant> grant)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var client = compose(server.TokenEndpoint);

        var response = await client.RequestAsync(grant(client));

        Assert.Equal("abc", response.AccessToken.Value);
        return Assert.Single(server.Requests);
    }
}
