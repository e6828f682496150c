using System.Net;
using System.Text;
using JwtGrantClient.Protocol;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A server often says no more than invalid_client. The error says what the client sent, without a secret and without the subject of a request.</summary>
public sealed class SentRequestTests
{
    private const string Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", Person = "jane.doe@example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rejected_client_assertion_is_described_with_its_claims_and_its_key_id()
    {
        var error = await FailAsync(options =>
        {
            (options.Grant, options.ClientAuthentication, options.Scope) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt, "reports.read openid profile");
            (options.SigningKey.KeyId, options.Issuer) = (TestData.KeyId, TestData.Issuer);
        });

        Assert.Equal(
            [
                "The client sent: a token request, ClientAuthentication PrivateKeyJwt, grant_type 'client_credentials', client_id 'batch-worker', scope 'reports.read' 'openid' 'profile'.",
                "client_assertion: iss 'batch-worker', sub 'batch-worker', aud 'https://as.example.com', kid '2026-11', alg 'RS256', typ 'client-authentication+jwt', lifetime 120 s, age 0 s.",
                "Client without a name, endpoint 'https://as.example.com/token'.",
            ],
            error.Message.Split('\n')[1..]);
    }

    [Fact]
    public async Task A_grant_assertion_is_described_with_the_configured_subject()
    {
        var error = await FailAsync(options => options.Assertion.Subject = "tenant-7");

        Assert.Contains(
            "\nassertion: iss 'batch-worker', sub 'tenant-7', aud 'https://as.example.com/token', no kid, alg 'RS256', typ 'JWT', lifetime 120 s, age 0 s.",
            error.Message, StringComparison.Ordinal);
        Assert.Contains("ClientAuthentication None,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_subject_of_a_token_request_is_not_shown()
    {
        var error = await FailAsync(options => options.Assertion.Subject = "tenant-7", new() { Subject = Person });

        Assert.Contains("iss 'batch-worker', sub (not shown), aud", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Person, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_subject_of_an_exchanged_token_is_not_shown()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant") };
        await using var client = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);
        var token = Jwt.CreateFake($$"""{"iss":"{{Person}}","sub":"{{Person}}","aud":["a","b","c","d"],"exp":1}""");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.TokenExchange(new TypedToken(token, TokenTypes.Jwt)), Cancellation));

        Assert.Contains("\nsubject_token: iss 'jane.doe@example.com', sub (not shown), aud ['a', 'b', 'c', ...], no kid, alg 'RS256', no typ, no iat, expires in -", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClientAuthenticationMethod.ClientSecretBasic)]
    [InlineData(ClientAuthenticationMethod.ClientSecretPost)]
    public async Task A_client_secret_is_named_by_its_method_only(ClientAuthenticationMethod method)
    {
        const string Secret = "s3cr3t-of-the-client";

        var error = await FailAsync(options =>
            (options.Grant, options.ClientAuthentication, options.ClientSecret) = (GrantType.ClientCredentials, method, Secret));

        Assert.Contains($"a token request, ClientAuthentication {method}, grant_type 'client_credentials'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("assertion:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.ASCII.GetBytes(Secret))[..12], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_secret_that_is_a_JWT_is_described_as_an_assertion()
    {
        var error = await FailAsync(options =>
            (options.ClientAuthentication, options.Issuer, options.SigningKey.KeyId) = (ClientAuthenticationMethod.JwtAsClientSecret, TestData.Issuer, Thumbprint));

        Assert.Contains("\nclient_secret: iss 'batch-worker', sub 'batch-worker', aud 'https://as.example.com', kid 'NzbLsXh8...' (43 characters), alg", error.Message, StringComparison.Ordinal);
        Assert.Contains("lifetime 86400 s, age 0 s.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_is_named_by_its_method()
    {
        var error = await FailAsync(options => (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.MutualTls));

        Assert.Contains("a token request, ClientAuthentication MutualTls, grant_type 'client_credentials', client_id 'batch-worker'.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not.a.jwt", "assertion: 9 characters that are not a signed JWT.")]
    [InlineData("opaque", "assertion: 6 characters that are not a signed JWT.")]
    [InlineData("e30.e30.", "assertion: no iss, no sub, no aud, no kid, no alg, no typ, no iat, no exp.")]
    [InlineData("e30.W10.", "assertion: 8 characters that are not a signed JWT.")]
    // {"iss":["a"],"sub":7,"aud":{},"iat":1e99,"exp":"soon"}
    [InlineData("e30.eyJpc3MiOlsiYSJdLCJzdWIiOjcsImF1ZCI6e30sImlhdCI6MWU5OSwiZXhwIjoic29vbiJ9.", "assertion: no iss, no sub, no aud, no kid, no alg, no typ, no exp, age out of range.")]
    public void Any_text_in_place_of_an_assertion_is_described(string assertion, string expected) =>
        Assert.Equal(expected, new SentAssertion("assertion", assertion).Describe(SecretMask.None, showsSubject: false, isSaml: false, TestData.Moment));

    [Fact]
    public void The_claims_of_an_assertion_are_bounded_and_cannot_forge_a_log_line()
    {
        var assertion = Jwt.CreateFake($$"""{"iss":"a\r\nERROR: forged\u2028\u202e","aud":"{{new string('x', 5000)}}"}""");

        var text = new SentAssertion("assertion", assertion).Describe(SecretMask.None, showsSubject: false, isSaml: false, TestData.Moment);

        Assert.DoesNotContain(text, char.IsControl);
        Assert.DoesNotContain('\u2028', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.InRange(text.Length, 50, 1000);
    }

    [Theory]
    [InlineData("batch-worker", "'batch-worker'")]
    [InlineData("1b4e28ba-2fa1-11d2-883f-0016d3cca427", "'1b4e28ba...' (36 characters)")]
    [InlineData(Thumbprint, "'NzbLsXh8...' (43 characters)")]
    [InlineData("https://user:password@as.example.com/token?api_key=0123456789", "'https://as.example.com/token?...'")]
    [InlineData("correct horse battery staple", "(a text of 28 characters, not shown)")]
    public void An_identifier_that_may_be_a_secret_is_not_quoted_completely(string value, string expected) =>
        Assert.Equal(expected, SentRequest.Quote(value, SecretMask.None));

    [Theory]
    [InlineData(400, true), InlineData(401, true), InlineData(403, true)]
    [InlineData(404, false), InlineData(500, false), InlineData(503, false)]
    public async Task A_client_error_without_an_OAuth_error_says_what_was_sent(int status, bool isDescribed)
    {
        var error = await FailAsync(options => options.Retry.MaxRetryAttempts = 0, response: () => new((HttpStatusCode)status));

        Assert.Equal(isDescribed, error.Message.Contains("\nThe client sent: a token request, ClientAuthentication None, grant_type 'urn:ietf:params:oauth:grant-type:jwt-bearer', ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rejected_revocation_is_described()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client") };
        var options = TestClient.Options();
        options.RevocationEndpoint = "https://as.example.com/revoke";
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Revocation.RevokeTokenAsync("refresh-token-1", cancellationToken: Cancellation));

        Assert.Contains("\nThe client sent: a revocation, ClientAuthentication None, client_id 'batch-worker'.", error.Message, StringComparison.Ordinal);
        Assert.Equal("https://as.example.com/revoke", error.Endpoint);
    }

    private static async Task<JwtGrantException> FailAsync(
        Action<JwtGrantOptions> configure, TokenRequest? request = null, Func<HttpResponseMessage>? response = null)
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => response?.Invoke() ?? FakeTokenEndpoint.ErrorResponse("invalid_client") };
        var options = TestClient.Options();
        configure(options);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint.Handler, timeProvider: new FakeTimeProvider(TestData.Moment));
        return await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(request ?? TokenRequest.Default, Cancellation).AsTask());
    }
}
