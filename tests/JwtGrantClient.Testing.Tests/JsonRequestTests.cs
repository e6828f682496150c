using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Token requests in JSON, which the server accepts by switch.</summary>
public sealed class JsonRequestTests
{
    private static readonly Dictionary<string, Func<string, byte[]>> InvalidBodies = new()
    {
        ["an empty body"] = _ => [],
        ["a form"] = _ => "grant_type=client_credentials"u8.ToArray(),
        ["an array"] = json => Utf8($"[{json}]"),
        ["a string"] = _ => "\"x\""u8.ToArray(),
        ["a comma after the last member"] = json => Utf8(json[..^1] + ",}"),
        ["more text after the object"] = json => Utf8(json + "{}"),
        ["a comment"] = json => Utf8("/* */" + json),
        ["a byte order mark"] = json => [0xEF, 0xBB, 0xBF, .. Utf8(json)],
        ["UTF-16"] = Encoding.Unicode.GetBytes,
        ["bytes that are not UTF-8"] = json => [.. Utf8(json[..^1] + ",\"foo\":\""), 0xFF, .. "\"}"u8],
        ["grant_type twice"] = json => Utf8(json[..^1] + ",\"grant_type\":\"client_credentials\"}"),
        ["assertion twice, once with an escape"] = json => Utf8(json[..^1] + ",\"assert\\u0069on\":\"x\"}"),
        ["an unknown member twice"] = json => Utf8(json[..^1] + ",\"foo\":\"a\",\"foo\":\"a\"}"),
        ["a number"] = json => Utf8(json[..^1] + ",\"foo\":1}"),
        ["a boolean"] = json => Utf8(json[..^1] + ",\"foo\":true}"),
        ["null"] = json => Utf8(json[..^1] + ",\"scope\":null}"),
        ["an object"] = json => Utf8(json[..^1] + ",\"foo\":{}}"),
        ["an array of scopes"] = json => Utf8(json[..^1] + ",\"scope\":[\"a\",\"b\"]}"),
        ["a number in the resources"] = json => Utf8(json[..^1] + ",\"resource\":[\"urn:example:a\",1]}"),
        ["an array of audiences without a token exchange"] = json => Utf8(json[..^1] + ",\"audience\":[\"a\",\"b\"]}"),
        ["authorization_details as text"] = json => Utf8(json[..^1] + ",\"authorization_details\":\"[]\"}"),
        ["no grant_type"] = json => Utf8(json.Replace("grant_type", "grant-type", StringComparison.Ordinal)),
    };

    public static TheoryData<string> InvalidBodyCases => TestRows.From(InvalidBodies.Keys);

    [Theory]
    [InlineData("application/json"), InlineData("APPLICATION/JSON"), InlineData("application/json; charset=utf-8"), InlineData("application/json; charset=\"UTF-8\"")]
    public async Task A_JSON_request_is_accepted_with_the_switch(string type)
    {
        var server = Start();

        var response = (await server.PostAsync(Body(Utf8(ValidJson()), type))).ShouldBeGranted();

        Assert.Equal("read", response["scope"]);
        Assert.Equal((TestData.JwtBearer, "read"), (server.LastRequest["grant_type"], server.LastRequest["scope"]));
    }

    [Fact]
    public async Task A_form_is_accepted_with_the_switch_too() =>
        (await Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()))).ShouldBeGranted();

    [Fact]
    public async Task A_JSON_request_is_refused_without_the_switch() => (await TestServer.Start().PostAsync(Body(Utf8(ValidJson()))))
        .ShouldBeRefused(400, "invalid_request", "S01").WithExplanation("application/x-www-form-urlencoded");

    [Theory, MemberData(nameof(InvalidBodyCases))]
    public async Task A_body_that_is_not_an_unambiguous_JSON_request_is_an_invalid_request(string testCase)
    {
        var server = Start();

        (await server.PostAsync(Body(InvalidBodies[testCase](ValidJson())))).ShouldBeRefused(400, "invalid_request", "S01");
        Assert.Equal(0, server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("text/json"), InlineData("application/json; charset=utf-16"), InlineData("application/jwt"), InlineData("text/plain"), InlineData(null)]
    public async Task Another_content_type_is_an_invalid_request(string? type) =>
        (await Start().PostAsync(Body(Utf8(ValidJson()), type))).ShouldBeRefused(400, "invalid_request", "S01").WithExplanation(type ?? "missing");

    [Fact]
    public async Task A_compressed_JSON_request_is_refused()
    {
        using var content = Body(Utf8(ValidJson()));
        content.Headers.ContentEncoding.Add("gzip");

        (await Start().PostAsync(content)).ShouldBeRefused(415, "invalid_request", "S01");
    }

    [Fact]
    public async Task A_parameter_in_the_query_is_refused()
    {
        var server = Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, TestData.TokenEndpoint + "?assertion=x") { Content = Body(Utf8(ValidJson())) };

        (await server.SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
    }

    [Fact]
    public async Task Arrays_of_resources_become_the_audience_and_authorization_details_are_an_array()
    {
        var json = JsonNode.Parse(ValidJson())!.AsObject();
        json["resource"] = new JsonArray("https://a.example.com", "urn:example:b");
        json["authorization_details"] = new JsonArray(new JsonObject { ["type"] = "x" });
        var server = Start();

        var response = (await server.PostAsync(Body(Utf8(json.ToJsonString())))).ShouldBeGranted();

        Assert.Equal(["https://a.example.com", "urn:example:b"],
            IssuedToken.Claims(response.AccessToken).GetProperty("aud").EnumerateArray().Select(audience => audience.GetString()));
        Assert.Equal("""[{"type":"x"}]""", server.LastRequest["authorization_details"]);
    }

    [Fact]
    public async Task Arrays_of_audiences_are_accepted_in_a_token_exchange()
    {
        var server = Start();
        var json = new JsonObject
        {
            ["grant_type"] = TestData.TokenExchange, ["subject_token"] = server.Server.IssueAccessToken("app", "read", "user-1"),
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token", ["audience"] = new JsonArray("a", "b"),
            ["client_assertion_type"] = TestData.ClientAssertionType, ["client_assertion"] = new JwtBuilder().Compact(),
        };

        var response = (await server.PostAsync(Body(Utf8(json.ToJsonString())))).ShouldBeGranted();

        Assert.Equal(["a", "b"], IssuedToken.Claims(response.AccessToken).GetProperty("aud").EnumerateArray().Select(audience => audience.GetString()));
    }

    [Fact]
    public async Task A_member_that_is_an_empty_string_counts_as_omitted() =>
        (await Start().PostAsync(Body(Utf8(ValidJson()[..^1] + ",\"client_secret\":\"\",\"client_id\":\"\"}")))).ShouldBeGranted();

    [Fact]
    public async Task The_revocation_endpoint_accepts_no_JSON()
    {
        var server = Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Server.RevocationEndpoint) { Content = Body(Utf8(ValidJson())) };

        (await server.SendAsync(request)).ShouldBeRefused(400, "invalid_request", "S01");
    }

    private static TestServer Start() => TestServer.Start(clock => new() { TimeProvider = clock, AcceptJsonRequests = true });

    private static string ValidJson() =>
        new JsonObject { ["grant_type"] = TestData.JwtBearer, ["assertion"] = new JwtBuilder().Compact(), ["scope"] = "read" }.ToJsonString();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ByteArrayContent Body(byte[] bytes, string? type = "application/json")
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
