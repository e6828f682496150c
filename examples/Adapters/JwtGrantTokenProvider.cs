using System.ClientModel;
using System.ClientModel.Primitives;
using JwtGrantClient;

namespace Adapters;

/// <summary>
/// A token source for clients of System.ClientModel, such as OpenAI's: <c>new BearerTokenPolicy(new JwtGrantTokenProvider(tokens), scope)</c>. An empty scope
/// is that of the client's settings.
/// </summary>
internal sealed class JwtGrantTokenProvider(ITokenSource tokens) : AuthenticationTokenProvider
{
    public override GetTokenOptions? CreateTokenOptions(IReadOnlyDictionary<string, object> properties) => new(properties);

    public override async ValueTask<AuthenticationToken> GetTokenAsync(GetTokenOptions options, CancellationToken cancellationToken)
    {
        var token = await tokens.GetTokenAsync(CreateRequest(options), cancellationToken).ConfigureAwait(false);
        return token.Type == "Bearer"
            ? new(token.Value, token.Type, token.ExpiresAt)
            : throw new NotSupportedException($"Clients of System.ClientModel send bearer tokens; the type of this token is {token.Type}.");
    }

    public override AuthenticationToken GetToken(GetTokenOptions options, CancellationToken cancellationToken) =>
        GetTokenAsync(options, cancellationToken).AsTask().GetAwaiter().GetResult();

    private static TokenRequest CreateRequest(GetTokenOptions options) =>
        options.Properties.TryGetValue(GetTokenOptions.ScopesPropertyName, out var value) && value is ReadOnlyMemory<string> scopes
            && string.Join(' ', scopes.ToArray()) is { Length: > 0 } scope
            ? new() { Scope = scope }
            : TokenRequest.Default;
}
