namespace JwtGrantClient.Assertions;

/// <summary>A provider of client assertions, for those who ask without a token request.</summary>
internal sealed class AssertionSource(AssertionProvider provider, string? issuer) : IAssertionSource
{
    public ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default) =>
        provider(new AssertionContext { Purpose = AssertionPurpose.ClientAuthentication, Issuer = issuer }, cancellationToken);
}
