namespace JwtGrantClient.Tests.Conventions.Redaction;

public sealed class SecretNameTests
{
    [Theory]
    [InlineData("class Response { public string AccessToken => \"\"; }", "Response.AccessToken")]
    [InlineData("class Response { string? _refreshToken; string? X => _refreshToken; }", "Response.refreshToken")]
    [InlineData("class Exchange { public string SubjectToken = \"\"; }", "Exchange.SubjectToken")]
    [InlineData("class Key(string pem) { string X => pem; }", "Key.pem")]
    [InlineData("class Key { internal byte[] Password { get; } = []; }", "Key.Password")]
    [InlineData("class Key { internal ReadOnlyMemory<byte> PrivateKey { get; } }", "Key.PrivateKey")]
    [InlineData("record Basic(string ClientSecret);", "Basic.ClientSecret")]
    [InlineData("struct Form { public string ClientAssertion { get; set; } }", "Form.ClientAssertion")]
    [InlineData("class AccessToken { string Value { get; } = \"\"; }", "AccessToken.Value")]
    [InlineData("class Assertion { string? _value; string? X => _value; }", "Assertion.value")]
    [InlineData("class Callback { string Code => \"\"; string CodeVerifier => \"\"; }", "Callback.Code", "Callback.CodeVerifier")]
    [InlineData("class Form { List<KeyValuePair<string, string>>? _fields; object? X => _fields; }", "Form.fields")]
    [InlineData("class Response { IReadOnlyDictionary<string, int>? Members => null; }", "Response.Members")]
    [InlineData("class Response { System.Net.Http.Headers.AuthenticationHeaderValue? Authorization => null; }", "Response.Authorization")]
    [InlineData("class Outer { class Grant { string Assertion => \"\"; } }", "Outer+Grant.Assertion")]
    [InlineData("abstract class Base { public string Jwt => \"\"; } class Derived : Base;", "Base.Jwt", "Derived.Jwt")]
    public void A_secret_is_recognized_by_its_name(string source, params string[] secrets) => Assert.Equal(secrets, FindSecrets(source));

    [Theory]
    [InlineData("class Response { string TokenType => \"\"; string IssuedTokenType => \"\"; int Token => 1; }")]
    [InlineData("class Settings { string TokenEndpoint => \"\"; string KeyId => \"\"; string Value => \"\"; }")]
    [InlineData("class Refusal : Exception { public string Code => \"\"; } class TokenError { string Code => \"\"; }")]
    [InlineData("class Settings { string PasswordPath => \"\"; string StatusCode => \"\"; Dictionary<string, object>? Claims => null; }")]
    [InlineData("static class Names { public const string Assertion = \"assertion\"; public static string AccessToken => \"\"; }")]
    [InlineData("interface ISource { string Token { get; } } enum Kind { Token }")]
    public void Names_that_describe_secrets_without_containing_one_are_allowed(string source) => Assert.Empty(FindSecrets(source));

    private static IEnumerable<string> FindSecrets(string source) =>
        SecretMember.In(Roslyn.Load(source)).Select(secret => secret.ToString());
}
