namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A token source that calls a delegate.</summary>
internal sealed class DelegateTokenSource(Func<TokenRequest, CancellationToken, Task<AccessToken>> get) : ITokenSource
{
    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) => new(get(request, cancellationToken));
}
