using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Sources;

/// <summary>
/// Token exchanges for tokens that are not access tokens: identity assertions for another authorization server (ID-JAG), and transaction tokens.
/// </summary>
public sealed class OtherTokenTypeTests
{
    private const string Partner = "https://partner.example.com";

    private static readonly TokenRequest Alice = new() { Subject = "alice", SubjectToken = new("id-token of alice", TokenTypes.IdToken) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_identity_assertion_is_requested_for_the_partner_and_is_the_grant_there()
    {
        await using var chain = CreateChain();
        chain.Inner.ResponseOverride = _ => Issue(IdJag, TokenTypes.IdJag);

        await chain.GetAsync(request: Alice);

        var first = chain.Inner.Forms[0];
        Assert.Equal(
            ("urn:ietf:params:oauth:grant-type:token-exchange", TokenTypes.IdJag, Partner, "id-token of alice", TokenTypes.IdToken),
            (first["grant_type"], first["requested_token_type"], first["audience"], first["subject_token"], first["subject_token_type"]));
        Assert.Equal(("urn:ietf:params:oauth:grant-type:jwt-bearer", IdJag), (chain.Outer.Forms[0]["grant_type"], chain.Outer.Forms[0]["assertion"]));
    }

    [Theory]
    [InlineData(TokenTypes.AccessToken, "Bearer"), InlineData(TokenTypes.AccessToken, "N_A"), InlineData(TokenTypes.Jwt, "N_A")]
    public async Task Another_type_than_the_requested_one_is_not_sent_to_the_partner(string issuedType, string tokenType)
    {
        await using var chain = CreateChain();
        chain.Inner.ResponseOverride = _ => Issue("another", issuedType, tokenType);

        var error = await chain.FailAsync(Alice);

        Assert.Equal(("other_token_type_issued", "inner", 0), (error.Code, error.Client, chain.Outer.Requests));
        Assert.Contains($"The server issued a token of the type '{issuedType}'; expected '{TokenTypes.IdJag}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_assertion_is_not_sent_to_an_API()
    {
        await using var chain = CreateChain();
        chain.Inner.ResponseOverride = _ => Issue("id-jag", TokenTypes.IdJag);
        var api = new StubHandler(_ => ProtectedApi.Ok());
        using var http = new HttpMessageInvoker(new AccessTokenHandler(chain["inner"], ProtectedApi.Options()) { InnerHandler = api });

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address).SetTokenRequest(Alice), Cancellation));

        Assert.Equal(("not_an_access_token", 0), (error.Code, api.Calls));
    }

    [Fact]
    public async Task A_transaction_token_is_sent_in_its_header()
    {
        await using var chain = CreateChain(options => options.TokenExchange.RequestedTokenType = TokenTypes.TransactionToken);
        chain.Inner.ResponseOverride = _ => Issue("txn", TokenTypes.TransactionToken);
        string? received = null;
        using var http = new HttpMessageInvoker(
            new AccessTokenHandler(chain["inner"], new() { AllowedOrigins = [ProtectedApi.Origin], HeaderName = "Txn-Token" })
            {
                InnerHandler = new StubHandler(request =>
                {
                    received = $"{request.Headers.GetValues("Txn-Token").Single()} {request.Headers.Authorization}";
                    return ProtectedApi.Ok();
                }),
            });

        await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address).SetTokenRequest(Alice), Cancellation);

        Assert.Equal("txn ", received);
    }

    private static string IdJag { get; } = Jwt.CreateFake(
        """{"alg":"ES256","typ":"oauth-id-jag+jwt"}""",
        $$"""{"aud":"{{Partner}}","client_id":"{{TestData.ClientId}}","exp":{{(TestData.Moment + TimeSpan.FromMinutes(5)).ToUnixTimeSeconds()}}}""");

    private static HttpResponseMessage Issue(string token, string type, string tokenType = "N_A") => new(HttpStatusCode.OK)
    {
        Content = new StringContent($$"""{"access_token":"{{token}}","issued_token_type":"{{type}}","token_type":"{{tokenType}}","expires_in":300}"""),
    };

    private static TokenChain CreateChain(Action<JwtGrantOptions>? configureInner = null) => new("Assertion:From", options => options.Issuer = Partner, services => services
        .Configure<JwtGrantOptions>("inner", options =>
        {
            (options.Grant, options.TokenExchange.SubjectTokenFromRequest) = (GrantType.TokenExchange, true);
            (options.TokenExchange.RequestedTokenType, options.TokenExchange.Audience) = (TokenTypes.IdJag, [Partner]);
            configureInner?.Invoke(options);
        }));
}
