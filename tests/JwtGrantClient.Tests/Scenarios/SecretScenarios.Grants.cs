using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Scenarios;

/// <content>Each grant with each client authentication, at a server that issues tokens and at one that echoes what it receives.</content>
internal static partial class SecretScenarios
{
    private static async Task GrantsAsync(SecretEnvironment environment, string? issuer, string? endpoint)
    {
        foreach (var (method, configure) in Methods)
        {
            environment.Server.RegisterClient(new()
            {
                Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, ClientSecret = method.StartsWith("client_secret", StringComparison.Ordinal) ? SecretEnvironment.ClientSecret : null,
                ClientSecretIssuer = method == "JWT as client_secret" ? TestData.ClientId : null,
            });
            await using var services = environment.Build(collection =>
            {
                collection.AddJwtGrantClient("jwt", Configure(issuer, endpoint, configure)).EditAssertions(draft => draft.Claims["pin"] = SecretEnvironment.Pin);
                collection.AddJwtGrantClient("client", Configure(issuer, endpoint, options =>
                {
                    configure(options);
                    options.Grant = GrantType.ClientCredentials;
                    if (options.ClientAuthentication == ClientAuthenticationMethod.None)
                        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
                }));
                collection.AddJwtGrantClient("self", Configure("https://self.example.com", null, options => options.Grant = GrantType.SelfSigned));
            });
            foreach (var client in new[] { "jwt", "client", "self" })
                await environment.TryAsync(() => environment.RememberAsync(services.Tokens(client).GetTokenAsync(Cancellation).AsTask()));
            await environment.TryAsync(() => environment.RememberAsync(services.Tokens("jwt").GetTokenAsync(AnyRequest(), Cancellation).AsTask()));
            var requests = services.GetRequiredKeyedService<ITokenEndpoint>("jwt");
            foreach (var grant in await GrantsOfAsync(environment))
                await environment.TryAsync(() => environment.RememberAsync(requests.RequestAsync(grant, Cancellation)));
        }
    }

    private static async Task<List<Grant>> GrantsOfAsync(SecretEnvironment environment)
    {
        const string Redirect = "https://app.example.com/back";
        var server = environment.Server;
        var external = await SignedJwts.CreateProvider(SecretEnvironment.Partner, "alice", server.Issuer, Keys.P256.ExportPkcs8PrivateKeyPem())(new(), Cancellation);
        var saml = new SamlAssertionFactory(
            new() { Issuer = SamlTestData.Issuer, Subject = "alice", Audience = server.Issuer, Recipient = server.TokenEndpoint, Attributes = { ["pin"] = [SecretEnvironment.Pin] } },
            SamlTestData.Certificate);
        return
        [
            Grant.JwtBearer(environment.Remember(external.Value), new()),
            Grant.Saml2Bearer(saml.ProvideAsync, new()),
            Grant.AuthorizationCode(environment.Remember(server.IssueAuthorizationCode(TestData.ClientId, Redirect, SecretEnvironment.Challenge)), Redirect, SecretEnvironment.Verifier),
            Grant.RefreshToken(environment.Remember(server.IssueRefreshToken(TestData.ClientId, "read", "alice"))),
            Grant.TokenExchange(new TypedToken(environment.Remember(server.IssueAccessToken(TestData.ClientId, "read", "alice")), TokenTypes.AccessToken)),
            Grant.Custom("urn:example:grant", [new("otp", SecretEnvironment.ApiKey), new("user_pin", SecretEnvironment.Pin)]),
        ];
    }

    private static async Task EchoesAsync(SecretEnvironment environment)
    {
        Func<string, RequestDelegate>[] places =
        [
            echo => SecretEnvironment.Json(400, new { error = "invalid_grant", error_description = $"got {echo}", error_uri = $"https://as.example.com/errors?{echo}" }),
            echo => SecretEnvironment.Json(400, new { error = echo }),
            echo => SecretEnvironment.Json(500, new { message = echo, detail = echo }),
            echo => Reply.Body(502, "text/html", $"<html><body>Rejected: {echo}</body></html>"),
            echo => Reply.Status(401, ("WWW-Authenticate", $"Bearer error=\"invalid_client\", error_description=\"{Uri.EscapeDataString(echo)}\"")),
            echo => Reply.Status(307, ("Location", $"https://as.example.com/{Uri.EscapeDataString(echo)}")),
            echo => Reply.Status(429, ("Retry-After", Uri.EscapeDataString(echo))),
        ];
        // EchoedSecretTests has all pairs of places and spellings; here each response has the next spelling.
        var responses = 0;
        foreach (var place in places)
        {
            environment.Echo = sent => place(string.Join(" | ", sent.Split(" | ").Select(Spellings.Values.ElementAt(Interlocked.Increment(ref responses) % Spellings.Count))));
            await GrantsAsync(environment, null, $"{environment.EchoAddress}/token");
        }
    }
}
