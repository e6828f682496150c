using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Signing;

/// <summary>The server rejects an assertion that the old key signed. The next attempt is signed with the key that is in the file by then.</summary>
public sealed class RotationAfterRejectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(TestData.Moment);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("invalid_client", "new")]
    [InlineData("invalid_grant", "new")]
    [InlineData("invalid_scope", "old")]
    public async Task The_key_file_is_read_again_only_after_an_error_that_rejects_the_assertion(string error, string nextKeyId)
    {
        var path = _folder.Write("key.json", Jwk("old"));
        List<string?> keyIds = [];
        using var endpoint = new StubHandler(async (request, cancellationToken) =>
        {
            keyIds.Add(await KeyIdAsync(request, cancellationToken));
            _folder.Write("key.json", Jwk("new"));
            return keyIds.Count == 1
                ? Json(HttpStatusCode.BadRequest, $$"""{"error":"{{error}}"}""")
                : Json(HttpStatusCode.OK, """{"access_token":"t","token_type":"Bearer","expires_in":3600}""");
        });
        var options = TestClient.Options();
        options.SigningKey = new() { Path = path };
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        options.ClientAssertion.Audience = TestData.Issuer;
        await using var tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: endpoint, timeProvider: _clock);

        var rejection = await Assert.ThrowsAsync<JwtGrantException>(async () => await tokens.Endpoint.RequestAsync(Grant(), TestContext.Current.CancellationToken));
        await tokens.Endpoint.RequestAsync(Grant(), TestContext.Current.CancellationToken);

        Assert.Equal(error, rejection.Error);
        Assert.Equal(["old", nextKeyId], keyIds);
    }

    private static Grant Grant() => JwtGrantClient.Grant.AuthorizationCode("code");

    private static string Jwk(string keyId) => Keys.PrivateJwk(Keys.Ec("nistP256")).With("kid", keyId).ToJsonString();

    private static async Task<string?> KeyIdAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = System.Web.HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
        return TestSupport.Jwt.Parse(form["client_assertion"]!).Header.GetProperty("kid").GetString();
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
