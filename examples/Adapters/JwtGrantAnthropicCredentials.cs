using Anthropic.Credentials;
using JwtGrantClient;

namespace Adapters;

/// <summary>A token source as the credentials of Anthropic's client, which caches the token until shortly before its expiry.</summary>
internal sealed class JwtGrantAnthropicCredentials(ITokenSource tokens) : IAccessTokenProvider
{
    private volatile JwtGrantClient.AccessToken? _last;

    // The client sets forceRefresh after a 401. Only the token that was rejected is replaced: another caller may have a newer one by then.
    public async ValueTask<Anthropic.Credentials.AccessToken> GetTokenAsync(bool forceRefresh, CancellationToken cancellationToken)
    {
        if (forceRefresh && _last is { } rejected)
            await tokens.InvalidateAsync(TokenRequest.Default, rejected, cancellationToken).ConfigureAwait(false);
        var token = await tokens.GetTokenAsync(cancellationToken).ConfigureAwait(false);
        _last = token;
        return token.Type == "Bearer"
            ? new(token.Value, token.ExpiresAt.ToUnixTimeSeconds())
            : throw new NotSupportedException($"The client of Anthropic sends bearer tokens; the type of this token is {token.Type}.");
    }

    // The client disposes its credentials; the token source belongs to the application.
    public void Dispose()
    {
    }
}
