namespace JwtGrantClient.TokenEndpoint;

/// <summary>One attempt on the wire: what an assertion made for it may depend on.</summary>
/// <param name="Issuer">The server's issuer as configured; null where there is none.</param>
/// <param name="Address">The token endpoint.</param>
/// <param name="Number">1 for the first.</param>
internal sealed record Attempt(string? Issuer, Uri Address, int Number)
{
    public AssertionContext For(AssertionPurpose purpose, string? subject = null) =>
        new() { Purpose = purpose, Issuer = Issuer, TokenEndpoint = Address, Attempt = Number, Subject = subject };
}
