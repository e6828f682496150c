using JwtGrantClient.Assertions;
using JwtGrantClient.Caching;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Sources;

/// <summary>
/// Provides the token of another client (docs/chains.md): from its cache, or past it if the server accepts each token once. The other client keeps its own
/// name, settings and metrics.
/// </summary>
/// <param name="setting">The setting that names the other client.</param>
/// <param name="outer">The name of the client that sends the token.</param>
/// <param name="tokens">The cache of the other client.</param>
/// <param name="purpose">What the token is sent as.</param>
/// <param name="type">The type with which it is sent.</param>
/// <param name="isSingleUse">Whether the server accepts a token once.</param>
internal sealed class ClientTokenInput(
    string setting, string outer, CachedTokenSource tokens, AssertionPurpose purpose, string type, bool isSingleUse) : ITokenInput
{
    /// <summary>
    /// Gets the type of the tokens if the other client requests them for this server: an ID-JAG, or the JWT of identity chaining. Null for other tokens.
    /// </summary>
    public string? RequestedFor { get; init; }

    /// <summary>Gets the check of an ID-JAG; null for other tokens.</summary>
    public IdJagCheck? Check { get; init; }

    public AssertionPurpose Purpose => purpose;

    public bool IsSingleUse => isSingleUse;

    /// <summary>Returns the token for an attempt. The method has the signature of an <see cref="AssertionProvider"/>.</summary>
    /// <exception cref="JwtGrantException">The other client could not obtain its token.</exception>
    public async ValueTask<Assertion> ProvideAsync(AssertionContext context, CancellationToken cancellationToken) =>
        // Without a token request, an application sends the assertion itself.
        context.Inputs is { } inputs
            ? await inputs.TakeAsync(this, cancellationToken).ConfigureAwait(false)
            : (await AcquireAsync(TokenRequest.Default, cancellationToken).ConfigureAwait(false)).Assertion;

    public async ValueTask<InputToken> AcquireAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        request = RequestFor(request);
        var (token, isNew) = await GetAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            Check?.Check(token.Value);
        }
        catch (JwtGrantException) when (!isSingleUse)
        {
            // So that the next attempt has another one, which may be right after a correction at its server.
            await tokens.InvalidateAsync(request, token, cancellationToken).ConfigureAwait(false);
            throw;
        }
        return new(new Assertion(token.Value, type, token.ExpiresAt), token, request, isNew);
    }

    private async ValueTask<(AccessToken Token, bool IsNew)> GetAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var pending = isSingleUse ? tokens.GetUncachedAsync(request, cancellationToken) : tokens.GetTokenAsync(request, cancellationToken);
            var isCached = pending.IsCompletedSuccessfully;
            var token = await pending.ConfigureAwait(false);
            return (token, !isCached && !token.IsAdopted);
        }
        catch (JwtGrantException e)
        {
            throw new JwtGrantException(e, $"{e.Message}\nClient {SettingText.Quote(outer)} needs its token ({setting}).") { IsOfInput = true };
        }
    }

    public async ValueTask<bool> ReplaceAsync(InputToken refused, CancellationToken cancellationToken)
    {
        if (refused.IsNew || isSingleUse)
            return false;
        try
        {
            var current = await tokens.ReplaceAsync(refused.Request, refused.Token, callerWaits: true, cancellationToken).ConfigureAwait(false);
            return current is not null && current.Value != refused.Token.Value;
        }
        catch (JwtGrantException)
        {
            // The other client has logged the error. That of the server is more useful to the caller.
            return false;
        }
    }

    // The actor and the client itself are not the subject of the token request.
    private TokenRequest RequestFor(TokenRequest request) => purpose is AssertionPurpose.ActorToken or AssertionPurpose.ClientAuthentication
        ? TokenRequest.Default
        : RequestedFor is null ? request.ForSubject()
        : request.ForAssertion(hasTargets: RequestedFor == TokenTypes.IdJag);
}
