namespace JwtGrantClient.Testing.Judging;

/// <summary>The options together with the names that the server goes by.</summary>
internal sealed record ServerTerms(string Issuer, StrictAuthorizationServerOptions Options)
{
    public string TokenEndpoint => $"{IssuerWithoutSlash}/token";

    public string JwksUri => $"{IssuerWithoutSlash}/jwks";

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    private string IssuerWithoutSlash => Issuer.EndsWith('/') ? Issuer[..^1] : Issuer;
}
