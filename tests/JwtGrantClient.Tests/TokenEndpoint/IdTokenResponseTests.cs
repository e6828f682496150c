using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A client whose token is the ID token of the response, and errors that have no member <c>error</c>.</summary>
public sealed class IdTokenResponseTests
{
    [Fact]
    public async Task The_ID_token_is_the_token_and_its_exp_is_the_expiry()
    {
        var idToken = Jwt.CreateFake(TestData.Moment.AddMinutes(30));

        var token = await GetAsync($$"""{"id_token":"{{idToken}}"}""");

        Assert.Equal((idToken, "Bearer", TestData.Moment.AddMinutes(30)), (token.Value, token.Type, token.ExpiresAt));
    }

    [Fact]
    public async Task An_ID_token_that_is_no_JWT_has_the_lifetime_of_the_response()
    {
        var token = await GetAsync("""{"id_token":"opaque","access_token":"other","token_type":"Bearer","expires_in":60}""");

        Assert.Equal(("opaque", TestData.Moment.AddSeconds(60)), (token.Value, token.ExpiresAt));
    }

    [Fact]
    public async Task A_response_without_an_ID_token_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(Reply.TokenJson));

        Assert.Contains("but id_token is missing; expected a string.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"errorHttpCode":"401","errorMessage":"Unable to authenticate the client (Login failed - invalid user)"}""", "401", "Unable to authenticate the client (Login failed - invalid user)")]
    [InlineData("""{"errorMessage":"Invalid assertion"}""", "unreadable_error", "Invalid assertion")]
    [InlineData("""{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter.","errorLink":"invalid_client","errorId":"oae1","errorCauses":[]}""", "invalid_client", "Invalid value for 'client_id' parameter.")]
    [InlineData("""{"type":"error","error":{"type":"authentication_error","message":"Invalid authentication credentials"}}""", "authentication_error", "Invalid authentication credentials")]
    public void An_error_without_an_OAuth_error_is_a_refusal_that_is_not_retried(string body, string code, string description)
    {
        var error = Answer.ReadError(401, body);

        Assert.Equal((JwtGrantErrorKind.Refused, code, description, false), (error.Kind, error.Error, error.ErrorDescription, error.IsTransient));
    }

    private static async Task<AccessToken> GetAsync(string body)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestData.Moment);
        using var handler = new StubHandler((_, _) => Task.FromResult(new HttpResponseMessage { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") }));
        var options = TestClient.Options();
        options.UseIdToken = true;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, timeProvider: clock);
        return await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
    }
}
