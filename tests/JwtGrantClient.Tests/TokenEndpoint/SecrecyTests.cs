using System.Text.Json;
using JwtGrantClient.Tests.Given;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Tokens, assertions and codes cannot be printed (promise 12): one canary for each, looked for wherever text comes out.</summary>
public sealed class SecrecyTests
{
    private const string Canary = "canary-4f1c9e";
    private const string CanaryJson =
        $$"""{"access_token":"{{Canary}}","token_type":"Bearer","refresh_token":"{{Canary}}","id_token":"{{Canary}}","other":"{{Canary}}"}""";

    [Fact]
    public async Task No_value_of_an_exchange_tells_its_secret()
    {
        var form = new TokenForm();
        form.Add("assertion", Canary);
        form.Add("code", Canary);
        form.AddRequest(new() { Parameters = new Dictionary<string, string> { ["x"] = Canary } });
        var answer = Answer.Of(200, CanaryJson);
        var response = TokenResponseReader.Read(answer, Answer.Strict);
        using var content = new TokenFormContent(form);

        AssertSilent(form);
        AssertSilent(content.ToString()!);
        AssertSilent(answer);
        AssertSilent(response);
        AssertSilent(response.AccessToken);
        AssertSilent(new TokenRequest { Parameters = new Dictionary<string, string> { ["x"] = Canary } }.ToString());
        AssertSilent(Grant.AuthorizationCode(Canary, "https://app.example.com", Canary));
        AssertSilent(new Assertion(Canary, "type", The.Moment));

        // The canary is really in there: what was silent had something to tell.
        Assert.Equal(Canary, response.AccessToken.Value);
        Assert.Equal(Canary, response.RefreshToken);
        Assert.Contains(Canary, await content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public static TheoryData<int, string> BadAnswers => new()
    {
        { 201, CanaryJson },
        { 400, CanaryJson },
        { 503, CanaryJson },
        { 200, CanaryJson[..^1] },
        { 500, CanaryJson[..^1] },
        { 200, $$"""{"access_token":"{{Canary}} {{Canary}}","token_type":"Bearer"}""" },
        { 200, $$"""{"access_token":"{{Canary}}","token_type":"mac"}""" },
        { 200, $$"""{"access_token":"{{Canary}}","token_type":"Bearer","expires_in":"soon"}""" },
        { 200, $$"""{"access_token":["{{Canary}}"],"token_type":"Bearer"}""" },
        { 400, $"access_token={Canary}" },
        { 500, $"<html>POST /token assertion={Canary}" },
        { 500, $"<html>POST /token grant_type=authorization_code&code={Canary}" },
        { 307, CanaryJson },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public void No_error_tells_a_token_of_the_answer(int status, string body)
    {
        var error = Answer.Refuse(status, body);

        Assert.DoesNotContain(Canary, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, $"{error.Error} {error.ErrorDescription} {error.ErrorUri}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_log_line_and_no_error_of_a_whole_exchange_tells_what_was_sent()
    {
        // A server of the worst kind: it says back all that it got.
        RequestDelegate echo = async context =>
        {
            context.Request.Body.Position = 0;
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
            var assertion = body.Split('&').Single(field => field.StartsWith("assertion=", StringComparison.Ordinal))["assertion=".Length..];
            var said = new { error = assertion, error_description = "got " + assertion, error_uri = "x:" + assertion };
            await Reply.Json(503, JsonSerializer.Serialize(said))(context);
        };
        await using var server = await ScriptedServer.StartAsync(echo, Reply.Drop, Reply.Body(500, "text/html", CanaryJson), echo);
        var client = new Composition { Endpoint = server.TokenEndpoint, Authenticated = true };

        var error = await client.FailAsync();

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(3, client.Log.Lines.Count);
        var told = string.Join('\n', [.. client.Log.Lines, error.ToString(), error.Error, error.ErrorDescription, error.ErrorUri]);
        Assert.DoesNotContain(Canary, told, StringComparison.Ordinal);
        var sent = server.Requests.SelectMany(request => new[] { request.Form["assertion"], request.Form["client_assertion"] });
        foreach (var part in sent.SelectMany(jwt => jwt.ToString().Split('.')))
            Assert.DoesNotContain(part, told, StringComparison.Ordinal);
    }

    private static void AssertSilent(object value) => Assert.DoesNotContain(
        Canary,
        $"{value} {JsonSerializer.Serialize(value, value.GetType())} {JsonSerializer.Serialize(new { value })}",
        StringComparison.Ordinal);
}
