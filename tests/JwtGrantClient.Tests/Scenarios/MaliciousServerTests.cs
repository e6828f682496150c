using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// A client uses an honest server and a malicious one. What the malicious server obtains must be unusable at the honest one: the audience of an
/// assertion is the configured issuer, whatever the metadata says (RFC 10070), and an assertion is sent to no other server.
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

    /// <summary>Audience injection: every metadata member from which a client might derive the audience names the honest server.</summary>
    [Theory]
    [InlineData(GrantType.ClientCredentials), InlineData(GrantType.JwtBearer)]
    public async Task Metadata_cannot_change_the_audience_of_an_assertion(GrantType grant)
    {
        await using var malicious = await ScriptedServer.StartAsync(context => context.Request.Method == "POST"
            ? Reply.Token(context)
            : Reply.Json(200, $$"""
                {"issuer":"http://{{context.Request.Host}}","token_endpoint":"http://{{context.Request.Host}}/token",
                 "audience":"{{_honest.Issuer}}","aud":"{{_honest.Issuer}}","authorization_endpoint":"{{_honest.TokenEndpoint}}",
                 "introspection_endpoint":"{{_honest.TokenEndpoint}}","pushed_authorization_request_endpoint":"{{_honest.TokenEndpoint}}"}
                """)(context));
        await using var client = Client(malicious.Address, grant);

        await client.GetTokenAsync(Cancellation);

        var received = malicious.Requests.Single(request => request.Method == "POST");
        foreach (var role in new[] { "assertion", "client_assertion" }.Where(received.Form.ContainsKey))
        {
            var stolen = received.Form[role].Single()!;
            Assert.Equal(malicious.Address, Jwt.Parse(stolen)["aud"]);
            Assert.Equal("S12", await RejectionRuleAsync(role, stolen));
        }
        Assert.Equal(0, _honest.TokensIssued);
    }

    /// <summary>The malicious server names the token endpoint of the honest one as its own. The assertion that arrives there has another audience and is rejected.</summary>
    [Fact]
    public async Task Metadata_that_names_the_honest_token_endpoint_obtains_no_token_there()
    {
        await using var malicious = await ScriptedServer.StartAsync(Metadata(context => (Self(context), _honest.TokenEndpoint)));
        await using var client = Client(malicious.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("invalid_client", error.Error);
        Assert.Equal("S12", _honest.Requests[^1].Refusal!.Rule);
        Assert.Equal(0, _honest.TokensIssued);
    }

    /// <summary>The malicious server claims to be the honest issuer. Its metadata must not be used (RFC 8414 section 3.3).</summary>
    [Fact]
    public async Task Metadata_that_claims_the_honest_issuer_is_not_used()
    {
        await using var malicious = await ScriptedServer.StartAsync(Metadata(context => (_honest.Issuer, Self(context) + "/token")));
        await using var client = Client(malicious.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("metadata_issuer_mismatch", error.Code);
        Assert.All(malicious.Requests, request => Assert.Equal("GET", request.Method));
    }

    /// <summary>The client follows redirects neither of the metadata nor of the token endpoint.</summary>
    [Theory]
    [InlineData("metadata"), InlineData("token endpoint")]
    public async Task A_redirect_does_not_send_an_assertion_to_another_server(string redirected)
    {
        await using var malicious = await ScriptedServer.StartAsync(Reply.Token);
        await using var redirecting = await ScriptedServer.StartAsync(context => (context.Request.Method, redirected) switch
        {
            ("GET", "token endpoint") => Metadata(sent => (Self(sent), Self(sent) + "/token"))(context),
            _ => Reply.Status(307, ("Location", malicious.TokenEndpoint))(context),
        });
        await using var client = Client(redirecting.Address, GrantType.ClientCredentials);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(redirected == "metadata" ? "metadata_unavailable" : "token_endpoint_redirected", error.Code);
        Assert.Equal(0, malicious.Calls);
    }

    /// <summary>A client at each server never sends one server an assertion for the other.</summary>
    [Fact]
    public async Task Each_server_receives_only_assertions_for_its_own_audience()
    {
        await using var malicious = await ScriptedServer.StartAsync(
            context => context.Request.Method == "POST" ? Reply.Token(context) : Metadata(sent => (Self(sent), Self(sent) + "/token"))(context));
        await using var clientOfMalicious = Client(malicious.Address, GrantType.ClientCredentials);
        await using var clientOfHonest = Client(_honest.Issuer, GrantType.ClientCredentials);

        await clientOfHonest.GetTokenAsync(Cancellation);
        await clientOfMalicious.GetTokenAsync(Cancellation);

        Assert.Equal(_honest.Issuer, Jwt.Parse(_honest.Requests[^1]["client_assertion"]!)["aud"]);
        Assert.Equal(malicious.Address, malicious.Requests[^1].ClientAssertion["aud"]);
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate Metadata(
        Func<Microsoft.AspNetCore.Http.HttpContext, (string Issuer, string TokenEndpoint)> content) => context =>
    {
        var (issuer, endpoint) = content(context);
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

    /// <summary>Returns the rule with which the honest server rejects a stolen assertion in the role that it was signed for.</summary>
    private async Task<string?> RejectionRuleAsync(string role, string assertion)
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
        using var response = await http.PostAsync(new Uri(_honest.TokenEndpoint), form, Cancellation);
        return _honest.Requests[^1].Refusal?.Rule;
    }
}
