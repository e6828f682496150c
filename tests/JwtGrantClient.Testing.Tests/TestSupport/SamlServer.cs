namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Starts servers that trust a SAML issuer and presents SAML assertions to them.</summary>
internal static class SamlServer
{
    /// <summary>Starts a server that trusts one SAML issuer.</summary>
    public static TestServer Start(TrustedSamlIssuer? issuer = null, Func<TimeProvider, StrictAuthorizationServerOptions>? options = null)
    {
        var server = TestServer.Start(options);
        server.Server.TrustSamlIssuer(issuer ?? SamlAssertionBuilder.TrustedIssuer);
        return server;
    }

    public static Task<TestResponse> PresentAsync(this TestServer server, SamlAssertionBuilder assertion) => server.PresentSamlAsync(assertion.Encoded());

    public static Task<TestResponse> PresentSamlAsync(this TestServer server, string assertion, params (string, string)[] extraFields) =>
        server.PostAsync([("grant_type", SamlAssertionBuilder.GrantType), ("assertion", assertion), .. extraFields]);

    public static Task<TestResponse> PresentAsync(SamlAssertionBuilder assertion) => Start().PresentAsync(assertion);

    public static TestResponse ShouldBeRefused(this TestResponse response, string rule) => response.ShouldBeRefused(400, "invalid_grant", rule);

    /// <summary>Returns the subject of the issued access token.</summary>
    public static string? Subject(this TestResponse response) => IssuedToken.Claims(response.ShouldBeGranted().AccessToken).GetProperty("sub").GetString();
}
