using JwtGrantClient.Http;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A token exchange may issue a token that is not an access token: token_type N_A (RFC 8693 section 2.2.1).</summary>
public sealed class NonAccessTokenTests
{
    private const string IdToken = """
        {"access_token":"an-id-token","issued_token_type":"urn:ietf:params:oauth:token-type:id_token","token_type":"n_a","expires_in":60}
        """;

    private static readonly Grant Exchange = Grant.TokenExchange(new("s", TokenTypes.Jwt), requestedTokenType: TokenTypes.IdToken);

    [Fact]
    public async Task A_token_exchange_returns_an_id_token_with_its_type()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, IdToken));

        var response = await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync(Exchange);

        Assert.Equal(("an-id-token", "N_A", TokenTypes.IdToken), (response.AccessToken.Value, response.AccessToken.Type, response.IssuedTokenType));
    }

    [Fact]
    public async Task Grants_other_than_token_exchange_reject_token_type_N_A()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, IdToken));

        var error = await new Composition { Endpoint = server.TokenEndpoint }.FailAsync();

        Assert.Equal("token_response_malformed", error.Code);
        Assert.Contains("token_type is 'n_a'; expected Bearer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_source_rejects_a_token_that_is_not_an_access_token()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Json(200, IdToken));
        var source = new TokenEndpointSource(new Composition { Endpoint = server.TokenEndpoint }.Build(), _ => Exchange, TokenRequest.Default);

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => source.GetTokenAsync(TokenRequest.Default, new RequestAttempts(), TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Configuration, "not_an_access_token"), (error.Kind, error.Code));
        Assert.Contains(TokenTypes.IdToken, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_is_not_an_access_token_has_no_proof()
    {
        var rules = Answer.Strict with { AllowsOtherTokens = true, Proof = new NoProof() };

        Assert.Null(TokenResponseReader.Read(Answer.Create(200, IdToken), rules).AccessToken.Proof);
        Assert.NotNull(TokenResponseReader.Read(Answer.Create(200, IdToken.Replace("n_a", "DPoP", StringComparison.Ordinal)), rules).AccessToken.Proof);
    }

    [Fact]
    public void A_token_that_is_not_an_access_token_is_not_sent_to_an_API()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        var authorized = new AuthorizedRequest(request, request.RequestUri!, TokenRequest.Default, new AccessToken("an-id-token", TestData.Moment, "N_A"), TokenHeader.Default);

        var error = Assert.Throws<JwtGrantException>(authorized.AddToken);

        Assert.Equal("not_an_access_token", error.Code);
        Assert.Null(request.Headers.Authorization);
    }

    private sealed class NoProof : ITokenProof
    {
        public ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, string accessToken, string? nonce, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void StoreNonce(Uri address, string nonce) => throw new NotSupportedException();
    }
}
