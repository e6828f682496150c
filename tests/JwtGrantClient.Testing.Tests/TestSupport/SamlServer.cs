namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>What a test does with SAML assertions at a server.</summary>
internal static class SamlServer
{
    /// <summary>A server that trusts one SAML issuer.</summary>
    public static TestServer Start(TrustedSamlIssuer? issuer = null, Func<TimeProvider, StrictAuthorizationServerOptions>? options = null)
    {
        var server = TestServer.Start(options);
        server.Server.TrustSamlIssuer(issuer ?? SamlAssertionBuilder.Trusted);
        return server;
    }

    public static Task<TestResponse> PresentAsync(this TestServer server, SamlAssertionBuilder assertion) => server.PresentSamlAsync(assertion.Encoded());

    public static Task<TestResponse> PresentSamlAsync(this TestServer server, string assertion, params (string, string)[] further) =>
        server.PostAsync([("grant_type", SamlAssertionBuilder.Grant), ("assertion", assertion), .. further]);

    public static Task<TestResponse> PresentAsync(SamlAssertionBuilder assertion) => Start().PresentAsync(assertion);

    public static TestResponse ShouldBeRefused(this TestResponse answer, string rule) => answer.ShouldBeRefused(400, "invalid_grant", rule);

    /// <summary>On whose behalf the token is.</summary>
    public static string? Subject(this TestResponse answer) => IssuedToken.Claims(answer.ShouldBeGranted().AccessToken).GetProperty("sub").GetString();
}
