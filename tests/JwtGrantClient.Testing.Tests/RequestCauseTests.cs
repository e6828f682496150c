using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The refusal of a request names one cause, and not a choice of two.</summary>
public sealed class RequestCauseTests
{
    private const string RedirectUri = "https://app.example.com/callback";

    private static readonly string Verifier = new('v', 43);
    private static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    private static readonly Dictionary<string, (string Expected, Func<RequestCauseTests, Task<TestResponse>> SendAsync)> Cases = new()
    {
        ["an escape without digits"] = ("The form field 'foo' has a percent sign without two hex digits.", test => test.PostAsync("grant_type=a&foo=%4")),
        ["escapes that are not UTF-8"] = ("The form field 'foo' has escapes that are not UTF-8.", test => test.PostAsync("grant_type=a&foo=%C3%28")),
        ["two methods"] = ("The request has client_secret and client_assertion. Use one", test => test.PostAsync("grant_type=a&client_secret=a&client_assertion=b")),
        ["header and type"] = ("The request has the Authorization header and client_assertion_type. Use one", test => test.BasicAsync("a:b", "client_assertion_type=b")),
        ["another scheme"] = ("The Authorization header has the scheme 'Bearer'; expected Basic", test => test.HeaderAsync("Bearer abc", "")),
        ["no base64"] = ("The Basic credentials are not base64 on a single line.", test => test.HeaderAsync("Basic a:b", "")),
        ["no colon"] = ("The Basic credentials have 0 colons; expected one", test => test.BasicAsync("ab", "")),
        ["two colons"] = ("The Basic credentials have 2 colons; expected one", test => test.BasicAsync("a:b:c", "")),
        ["no id"] = ("The Basic credentials have no id before the colon.", test => test.BasicAsync(":b", "")),
        ["an id without encoding"] = ("The id in the Basic credentials has a character at offset 1 that is not form-encoded.", test => test.BasicAsync("a b:c", "")),
        ["a secret without encoding"] = ("The secret in the Basic credentials has a character at offset 1 that is not form-encoded.", test => test.BasicAsync("a:b/c", "")),
        ["a secret with half an escape"] = ("The secret in the Basic credentials has a percent sign without two hex digits.", test => test.BasicAsync("a:b%2", "")),
        ["a code of another server"] = ("The code is unknown: it was not issued by this server.", test => test.RedeemAsync(code: "x")),
        ["an expired code"] = ("The code expired 5 s ago by this server's clock.", test => test.RedeemAsync(wait: 605)),
        ["no redirect_uri"] = ("The form has no redirect_uri; expected", test => test.RedeemAsync(redirectUri: "")),
        ["another redirect_uri"] = ("The redirect_uri is 'https://evil.example.com'; expected", test => test.RedeemAsync(redirectUri: "https://evil.example.com")),
        ["no verifier"] = ("The form has no code_verifier, but the authorization request had a code_challenge.", test => test.RedeemAsync(verifier: "")),
        ["a short verifier"] = ("The code_verifier has 42 characters; expected 43 to 128.", test => test.RedeemAsync(verifier: new('v', 42))),
        ["a verifier with a space"] = ("The code_verifier has the character ' '; expected", test => test.RedeemAsync(verifier: new string('v', 43) + " ")),
        ["another verifier"] = ("The code_verifier does not match the code_challenge.", test => test.RedeemAsync(verifier: new('w', 43))),
        ["a scope with a quote"] = ("The scope has the character '\"' (U+0022) at offset 1;", test => test.GrantAsync(("scope", "a\"b"))),
        ["a scope that is not ASCII"] = ("The scope has the character 'é' (U+00E9) at offset 0;", test => test.GrantAsync(("scope", "é"))),
        ["a leading space"] = ("The scope begins with a space;", test => test.GrantAsync(("scope", " a"))),
        ["a trailing space"] = ("The scope ends with a space;", test => test.GrantAsync(("scope", "a "))),
        ["two spaces"] = ("The scope has two spaces at offset 1;", test => test.GrantAsync(("scope", "a  b"))),
        ["a resource without a scheme"] = ("The resource 'api' has no scheme; expected an absolute URI.", test => test.GrantAsync(("resource", "api"))),
        ["a resource with a fragment"] = ("The resource 'urn:a#b' has a fragment.", test => test.GrantAsync(("resource", "urn:a#b"))),
        ["no actor token"] = ("The form has actor_token_type but no actor_token.", test => test.ExchangeAsync(("actor_token_type", "a"))),
        ["no actor token type"] = ("The form has actor_token but no actor_token_type.", test => test.ExchangeAsync(("actor_token", "a"))),
        ["an unknown token"] = ("The subject token is unknown: it was not issued by this server.", test => test.ExchangeAsync()),
        ["an expired token"] = ("The subject token expired 1 s ago by this server's clock.", test => test.ExchangeAsync(server => server.Clock.Advance(TimeSpan.FromSeconds(301)))),
        ["a revoked token"] = ("The subject token is revoked.", test => test.ExchangeAsync(server => server.Server.RevokeAll())),
    };

    private readonly TestServer _server = TestServer.Start();

    public static TheoryData<string> AllCases => TestRows.From(Cases.Keys);

    [Theory, MemberData(nameof(AllCases))]
    public async Task The_explanation_of_a_refused_request_names_its_cause(string testCase)
    {
        var refusal = (await Cases[testCase].SendAsync(this)).Refusal;

        Assert.StartsWith(Cases[testCase].Expected, refusal?.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_challenge_of_an_API_names_why_the_access_token_is_invalid()
    {
        string? Check(string token) => _server.Server.CheckAccessToken($"Bearer {token}").WwwAuthenticate;
        var (first, second) = ((await GrantAsync()).AccessToken, (await GrantAsync()).AccessToken);
        _server.Server.Revoke(first);

        Assert.Contains("error_description=\"The access token is unknown: it was not issued by this server\"", Check("x"), StringComparison.Ordinal);
        Assert.Contains("error_description=\"The access token is revoked\"", Check(first), StringComparison.Ordinal);
        _server.Clock.Advance(TimeSpan.FromSeconds(302));
        Assert.Contains("error_description=\"The access token expired 2 s ago by this server's clock\"", Check(second), StringComparison.Ordinal);
    }

    private Task<TestResponse> PostAsync(string form) => HeaderAsync(null, form);

    private Task<TestResponse> BasicAsync(string credentials, string form) =>
        HeaderAsync("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)), form);

    private Task<TestResponse> HeaderAsync(string? authorization, string form)
    {
        var content = new StringContent(form.Contains("grant_type", StringComparison.Ordinal) ? form : $"grant_type=client_credentials&{form}", null,
            "application/x-www-form-urlencoded");
        content.Headers.ContentType!.CharSet = null;
        return authorization is null ? _server.PostAsync(content) : _server.PostAsync(content, ("Authorization", authorization));
    }

    private Task<TestResponse> RedeemAsync(string? code = null, string redirectUri = RedirectUri, string? verifier = null, int wait = 0)
    {
        code ??= _server.Server.IssueAuthorizationCode(TestData.ClientId, RedirectUri, Challenge);
        _server.Clock.Advance(TimeSpan.FromSeconds(wait));
        return _server.PostAsync(
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri), ("code_verifier", verifier ?? Verifier), .. ClientAssertion(),
        ]);
    }

    private Task<TestResponse> GrantAsync(params (string, string)[] fields) =>
        _server.PostAsync([("grant_type", "client_credentials"), .. fields, .. ClientAssertion()]);

    private async Task<TestResponse> ExchangeAsync(Action<TestServer> invalidate)
    {
        var token = (await GrantAsync()).AccessToken;
        invalidate(_server);
        return await ExchangeAsync(token);
    }

    private Task<TestResponse> ExchangeAsync(params (string, string)[] fields) => ExchangeAsync("x", fields);

    private Task<TestResponse> ExchangeAsync(string subjectToken, params (string, string)[] fields) => _server.PostAsync(
    [
        ("grant_type", TestData.TokenExchange), ("subject_token", subjectToken),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), .. fields, .. ClientAssertion(),
    ]);

    private (string, string)[] ClientAssertion() => TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Compact());
}
