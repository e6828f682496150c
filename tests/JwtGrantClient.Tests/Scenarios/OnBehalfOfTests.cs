using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// An API exchanges the access token of its user for one of the next API, at a strict server (RFC 8693), and token requests in JSON.
/// </summary>
public sealed class OnBehalfOfTests : IAsyncDisposable
{
    private readonly StrictAuthorizationServer _server = StrictAuthorizationServer.CreateInMemory(new() { AcceptJsonRequests = true });

    public OnBehalfOfTests() => _server.RegisterClient(new() { Id = "orders", PublicKeyPem = TestData.RsaPublicPem });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(RequestEncoding.Form), InlineData(RequestEncoding.Json)]
    public async Task The_access_token_of_a_user_becomes_one_of_the_API_for_this_user(RequestEncoding encoding)
    {
        await using var tokens = Create(encoding);

        var token = await tokens.GetTokenAsync(For("alice", "inventory.read", "https://a.example.com", "https://b.example.com"), Cancellation);

        var check = _server.CheckAccessToken($"Bearer {token.Value}", "inventory.read");
        Assert.Equal((true, "orders", "alice", "inventory.read"), (check.IsValid, check.ClientId, check.Subject, check.Scope));
        Assert.Equal("""["https://a.example.com","https://b.example.com"]""", Jwt.Parse(token.Value)["aud"]);
        Assert.Equal(encoding == RequestEncoding.Json, Sent.Last().Body.StartsWith('{'));
    }

    [Fact]
    public async Task Each_user_has_a_token_of_their_own_until_their_token_is_revoked_at_sign_out()
    {
        await using var tokens = Create(RequestEncoding.Form);
        var (alice, bob) = (For("alice", "inventory.read"), For("bob", "inventory.read"));

        var subjects = new List<string?>();
        foreach (var request in new[] { alice, bob, alice, bob })
            subjects.Add(_server.CheckAccessToken($"Bearer {(await tokens.GetTokenAsync(request, Cancellation)).Value}").Subject);

        Assert.Equal(["alice", "bob", "alice", "bob"], subjects);
        Assert.Equal(2, Sent.Count());
    }

    [Fact]
    public async Task A_scope_that_the_user_did_not_grant_is_refused()
    {
        await using var tokens = Create(RequestEncoding.Form);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(For("alice", "inventory.delete"), Cancellation).AsTask());

        Assert.Equal(("token_request_refused", "invalid_scope", "S18"), (error.Code, error.Error, Sent.Last().Refusal?.Rule));
    }

    private IEnumerable<RecordedRequest> Sent => _server.Requests.Where(request => request.Method == "POST");

    private TokenRequest For(string user, string scope, params IReadOnlyList<string> resources) => new()
    {
        Subject = user, SubjectToken = new(_server.IssueAccessToken("app", "inventory.read orders.read", user), TokenTypes.AccessToken), Scope = scope, Resource = resources,
    };

    private JwtGrantTokenSource Create(RequestEncoding encoding) => JwtGrantTokenSource.Create(
        new JwtGrantOptions
        {
            Issuer = _server.Issuer, ClientId = "orders", Grant = GrantType.TokenExchange, ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
            SigningKey = { Text = TestData.RsaPrivatePem }, TokenExchange = { SubjectTokenFromRequest = true }, RequestEncoding = encoding,
        },
        tokenEndpointHandler: _server.CreateHandler());
}
