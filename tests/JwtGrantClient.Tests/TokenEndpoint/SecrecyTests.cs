using System.Text.Json;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Tokens, assertions and codes do not appear in text: each is a marker that the test searches for in strings, JSON, errors and logs.</summary>
public sealed class SecrecyTests
{
    private const string Marker = "marker-4f1c9e";
    private const string MarkerJson =
        $$"""{"access_token":"{{Marker}}","token_type":"Bearer","refresh_token":"{{Marker}}","id_token":"{{Marker}}","other":"{{Marker}}"}""";

    [Fact]
    public async Task No_request_or_response_object_reveals_its_secrets()
    {
        var form = new TokenRequestForm(new(TestData.TokenEndpoint), null, 1);
        form.Add("assertion", Marker);
        form.Add("code", Marker);
        form.AddRequest(new() { Parameters = new Dictionary<string, string> { ["x"] = Marker } });
        var httpResponse = Answer.Create(200, MarkerJson);
        var response = TokenResponseReader.Read(httpResponse, Answer.Strict);
        using var content = new TokenRequestContent(form.Encode());

        AssertNotPrinted(form);
        AssertNotPrinted(content.ToString()!);
        AssertNotPrinted(httpResponse);
        AssertNotPrinted(response);
        AssertNotPrinted(response.AccessToken);
        AssertNotPrinted(new TokenRequest { Parameters = new Dictionary<string, string> { ["x"] = Marker } });
        AssertNotPrinted(new TokenRequest { Claims = new Dictionary<string, object> { ["x"] = Marker } });
        AssertNotPrinted(new AccessTokenHandlerOptions { TokenRequest = new() { Parameters = new Dictionary<string, string> { ["x"] = Marker } } });
        AssertNotPrinted(new AssertionContext { Claims = new Dictionary<string, object> { ["x"] = Marker } });
        AssertNotPrinted(new AssertionOptions { Claims = { ["x"] = Marker } });
        AssertNotPrinted(new SamlAssertionOptions { Attributes = { ["x"] = [Marker] } });
        AssertNotPrinted(new JwtGrantOptions
        {
            ClientSecret = Marker, Parameters = { ["x"] = Marker }, Assertion = { Claims = { ["x"] = Marker } }, SigningKey = { Text = Marker, Password = Marker },
            ClientCertificate = new() { Password = Marker },
        });
        AssertNotPrinted(new TypedToken(Marker, TokenTypes.Jwt));
        AssertNotPrinted(Grant.RefreshToken(Marker));
        AssertNotPrinted(Grant.Custom("urn:example:grant", [new("x", Marker)], new() { Parameters = new Dictionary<string, string> { ["y"] = Marker } }));
        AssertNotPrinted(Grant.TokenExchange(new TypedToken(Marker, TokenTypes.Jwt), new TypedToken(Marker, TokenTypes.Jwt)));
        AssertNotPrinted(Grant.AuthorizationCode(Marker, "https://app.example.com", Marker));
        AssertNotPrinted(new Assertion(Marker, "type", TestData.Moment));

        // The values do contain the marker, otherwise the assertions above would prove nothing.
        Assert.Equal(Marker, response.AccessToken.Value);
        Assert.Equal(Marker, response.RefreshToken);
        Assert.Contains(Marker, await content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_request_is_read_from_JSON_with_its_parameters_and_claims()
    {
        var request = JsonSerializer.Deserialize<TokenRequest>("{\"Scope\":\"read\",\"Parameters\":{\"x\":\"1\"},\"Claims\":{\"role\":\"reader\"}}")!;

        Assert.Equal(
            new TokenRequest { Scope = "read", Parameters = new Dictionary<string, string> { ["x"] = "1" }, Claims = new Dictionary<string, object> { ["role"] = "reader" } },
            request);
    }

    public static TheoryData<int, string> BadResponses => new()
    {
        { 201, MarkerJson },
        { 400, MarkerJson },
        { 503, MarkerJson },
        { 200, MarkerJson[..^1] },
        { 500, MarkerJson[..^1] },
        { 200, $$"""{"access_token":"{{Marker}} {{Marker}}","token_type":"Bearer"}""" },
        { 200, $$"""{"access_token":"{{Marker}}","token_type":"mac"}""" },
        { 200, $$"""{"access_token":"{{Marker}}","token_type":"Bearer","expires_in":"soon"}""" },
        { 200, $$"""{"access_token":["{{Marker}}"],"token_type":"Bearer"}""" },
        { 400, $"access_token={Marker}" },
        { 500, $"<html>POST /token assertion={Marker}" },
        { 500, $"<html>POST /token grant_type=authorization_code&code={Marker}" },
        { 307, MarkerJson },
    };

    [Theory]
    [MemberData(nameof(BadResponses))]
    public void No_error_reveals_a_token_of_the_response(int status, string body)
    {
        var error = Answer.ReadError(status, body);

        Assert.DoesNotContain(Marker, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Marker, $"{error.Error} {error.ErrorDescription} {error.ErrorUri}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_log_line_and_no_error_reveals_what_a_token_request_sent()
    {
        // The worst case: a server that echoes everything it received.
        RequestDelegate echo = async context =>
        {
            context.Request.Body.Position = 0;
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
            var assertion = body.Split('&').Single(field => field.StartsWith("assertion=", StringComparison.Ordinal))["assertion=".Length..];
            var echoed = new { error = assertion, error_description = "got " + assertion, error_uri = "x:" + assertion };
            await Reply.Json(503, JsonSerializer.Serialize(echoed))(context);
        };
        await using var server = await ScriptedServer.StartAsync(echo, Reply.Drop, Reply.Body(500, "text/html", MarkerJson), echo);
        var client = new Composition { Endpoint = server.TokenEndpoint, Authenticated = true };

        var error = await client.FailAsync();

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(3, client.Log.Lines.Count);
        var printed = string.Join('\n', [.. client.Log.Lines, error.ToString(), error.Error, error.ErrorDescription, error.ErrorUri]);
        Assert.DoesNotContain(Marker, printed, StringComparison.Ordinal);
        var sent = server.Requests.SelectMany(request => new[] { request.Form["assertion"], request.Form["client_assertion"] });
        foreach (var part in sent.SelectMany(jwt => jwt.ToString().Split('.')))
            Assert.DoesNotContain(part, printed, StringComparison.Ordinal);
    }

    private static void AssertNotPrinted(object value) => Assert.DoesNotContain(
        Marker,
        $"{value} {JsonSerializer.Serialize(value, value.GetType())} {JsonSerializer.Serialize(new { value })}",
        StringComparison.Ordinal);
}
