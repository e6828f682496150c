using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// A client talks to an honest server and to one that lies. What the liar gets hold of must be of no use at the honest one: the audience of an
/// assertion is the issuer as configured, whatever the metadata says (RFC 10070), and assertions go nowhere else.
/// </summary>
public sealed class MaliciousServerTests : IAsyncLifetime
{
    private StrictAuthorizationServer _honest = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _honest = await StrictAuthorizationServer.StartAsync(cancellationToken: Cancellation);
        _honest.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
    }

    public ValueTask DisposeAsync() => _honest.DisposeAsync();

    /// <summary>Audience injection: each member of the metadata that some client was ever led by to an audience names the honest server.</summary>
    [Theory]
    [InlineData(GrantType.ClientCredentials), InlineData(GrantType.JwtBearer)]
    public async Task Cannot_have_an_assertion_made_for_another_audience(GrantType grant)
    {
        await using var liar = await ScriptedServer.StartAsync(context => context.Request.Method == "POST"
            ? Reply.Token(context)
            : Reply.Json(200, $$"""
                {"issuer":"http://{{context.Request.Host}}","token_endpoint":"http://{{context.Request.Host}}/token",
                 "audience":"{{_honest.Issuer}}","aud":"{{_honest.Issuer}}","authorization_endpoint":"{{_honest.TokenEndpoint}}",
                 "introspection_endpoint":"{{_honest.TokenEndpoint}}","pushed_authorization_request_endpoint":"{{_honest.TokenEndpoint}}"}
                """)(context));
        await using var client = Client(liar.Address, grant);

        await client.GetTokenAsync(Cancellation);

        var caught = liar.Requests.Single(request => request.Method == "POST");
        foreach (var role in new[] { "assertion", "client_assertion" }.Where(caught.Form.ContainsKey))
        {
            var stolen = caught.Form[role].Single()!;
            Assert.Equal(liar.Address, Jwt.Parse(stolen)["aud"]);
            Assert.Equal("S12", await RuleAgainstAsync(role, stolen));
        }
        Assert.Equal(0, _honest.TokensIssued);
    }

    /// <summary>The liar names the honest server's endpoint as its own: the assertion that comes there is for the liar, and is refused.</summary>
    [Fact]
    public async Task Cannot_log_the_client_in_at_the_honest_server_by_naming_its_endpoint()
    {
        await using var liar = await ScriptedServer.StartAsync(Metadata(context => (Self(context), _honest.TokenEndpoint)));
        await using var client = Client(liar.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("invalid_client", error.Error);
        Assert.Equal("S12", _honest.Requests[^1].Refusal!.Rule);
        Assert.Equal(0, _honest.TokensIssued);
    }

    /// <summary>The liar speaks for the honest issuer: its metadata must not be used (RFC 8414 section 3.3).</summary>
    [Fact]
    public async Task Cannot_speak_for_the_honest_issuer()
    {
        await using var liar = await ScriptedServer.StartAsync(Metadata(context => (_honest.Issuer, Self(context) + "/token")));
        await using var client = Client(liar.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("metadata_issuer_mismatch", error.Code);
        Assert.All(liar.Requests, request => Assert.Equal("GET", request.Method));
    }

    /// <summary>An assertion is taken neither to where a redirect of the metadata leads nor to where one of the token endpoint does.</summary>
    [Theory]
    [InlineData("metadata"), InlineData("token endpoint")]
    public async Task Is_not_reached_by_a_redirect(string of)
    {
        await using var liar = await ScriptedServer.StartAsync(Reply.Token);
        await using var redirecting = await ScriptedServer.StartAsync(context => (context.Request.Method, of) switch
        {
            ("GET", "token endpoint") => Metadata(sent => (Self(sent), Self(sent) + "/token"))(context),
            _ => Reply.Status(307, ("Location", liar.TokenEndpoint))(context),
        });
        await using var client = Client(redirecting.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(of == "metadata" ? "metadata_unavailable" : "token_endpoint_redirected", error.Code);
        Assert.Equal(0, liar.Calls);
    }

    /// <summary>The same client at both servers never shows one the other's assertion.</summary>
    [Fact]
    public async Task Gets_no_assertion_that_was_made_for_the_honest_server()
    {
        await using var liar = await ScriptedServer.StartAsync(
            context => context.Request.Method == "POST" ? Reply.Token(context) : Metadata(sent => (Self(sent), Self(sent) + "/token"))(context));
        await using var atLiar = Client(liar.Address, GrantType.ClientCredentials);
        await using var atHonest = Client(_honest.Issuer, GrantType.ClientCredentials);

        await atHonest.GetTokenAsync(Cancellation);
        await atLiar.GetTokenAsync(Cancellation);

        Assert.Equal(_honest.Issuer, Jwt.Parse(_honest.Requests[^1]["client_assertion"]!)["aud"]);
        Assert.Equal(liar.Address, liar.Requests[^1].ClientAssertion["aud"]);
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate Metadata(
        Func<Microsoft.AspNetCore.Http.HttpContext, (string Issuer, string TokenEndpoint)> says) => context =>
    {
        var (issuer, endpoint) = says(context);
        return Reply.Json(200, $$"""{"issuer":"{{issuer}}","token_endpoint":"{{endpoint}}"}""")(context);
    };

    private static string Self(Microsoft.AspNetCore.Http.HttpContext context) => $"http://{context.Request.Host}";

    private static JwtGrantTokenSource Client(string issuer, GrantType grant) => JwtGrantTokenSource.Create(new()
    {
        Issuer = issuer,
        ClientId = TestData.ClientId,
        Grant = grant,
        ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        SigningKey = { Text = TestData.RsaPrivatePem },
        AllowLoopbackHttp = true,
    });

    /// <summary>The rule by which the honest server refuses a stolen assertion in the role that it was made for.</summary>
    private async Task<string?> RuleAgainstAsync(string role, string assertion)
    {
        using var http = new HttpClient(_honest.CreateHandler());
        using var form = new FormUrlEncodedContent(role == "assertion"
            ? new Dictionary<string, string> { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer", ["assertion"] = assertion }
            : new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_assertion"] = assertion,
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            });
        using var answer = await http.PostAsync(new Uri(_honest.TokenEndpoint), form, Cancellation);
        return _honest.Requests[^1].Refusal?.Rule;
    }
}
