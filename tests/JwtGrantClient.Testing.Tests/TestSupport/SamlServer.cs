namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>What a test does with SAML assertions at a server.</summary>
internal static class SamlServer
{
    /// <summary>A server that trusts one SAML issuer.</summary>
    public static AServer Start(TrustedSamlIssuer? issuer = null, Func<TimeProvider, StrictAuthorizationServerOptions>? options = null)
    {
        var server = AServer.Start(options);
        server.Server.TrustSamlIssuer(issuer ?? ASamlAssertion.Trusted);
        return server;
    }

    public static Task<Answer> PresentAsync(this AServer server, ASamlAssertion assertion) => server.PresentSamlAsync(assertion.Encoded());

    public static Task<Answer> PresentSamlAsync(this AServer server, string assertion, params (string, string)[] further) =>
        server.PostAsync([("grant_type", ASamlAssertion.Grant), ("assertion", assertion), .. further]);

    public static Task<Answer> PresentAsync(ASamlAssertion assertion) => Start().PresentAsync(assertion);

    public static Answer ShouldBeRefused(this Answer answer, string rule) => answer.ShouldBeRefused(400, "invalid_grant", rule);

    /// <summary>On whose behalf the token is.</summary>
    public static string? Subject(this Answer answer) => IssuedToken.Claims(answer.ShouldBeGranted().AccessToken).GetProperty("sub").GetString();
}
