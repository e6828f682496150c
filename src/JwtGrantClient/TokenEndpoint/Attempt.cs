namespace JwtGrantClient.TokenEndpoint;

/// <summary>One attempt on the wire: what an assertion made for it may depend on.</summary>
/// <param name="Issuer">The server's issuer as configured; null where there is none.</param>
/// <param name="Address">The token endpoint.</param>
/// <param name="Number">1 for the first.</param>
internal sealed record Attempt(string? Issuer, Uri Address, int Number)
{
    /// <summary>What a provider is told: of a request's own wishes only where the assertion speaks for them.</summary>
    public AssertionContext For(AssertionPurpose purpose, TokenRequest? request = null)
    {
        request ??= TokenRequest.Default;
        return new()
        {
            Purpose = purpose, Issuer = Issuer, TokenEndpoint = Address, Attempt = Number, Subject = request.Subject, Claims = request.Claims,
        };
    }
}
