using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What an exchange requests in addition to scope and resources.</summary>
/// <param name="TokenType">The <c>requested_token_type</c>; null to let the server choose.</param>
/// <param name="Audience">Logical names of services. A parameter <c>audience</c> of the request replaces them.</param>
internal sealed record ExchangeTarget(string? TokenType, IReadOnlyList<string> Audience);

/// <summary>
/// Exchanges one token for another (RFC 8693 section 2.1). The providers are called for each attempt, because files with tokens are replaced.
/// </summary>
internal sealed class TokenExchangeGrant(AssertionProvider subject, AssertionProvider? actor, ExchangeTarget target, TokenRequest request) : Grant
{
    internal override string Type => GrantTypes.TokenExchange;

    internal override bool MayBeRepeated => true;

    internal override bool MayYieldOtherTokens => true;

    /// <summary>Creates a provider that returns the same token for each attempt.</summary>
    public static AssertionProvider Provide(TypedToken token) => (_, _) => new(new Assertion(token.Value, token.Type, DateTimeOffset.MaxValue));

    internal override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var subjectToken = await subject(form.ContextFor(AssertionPurpose.SubjectToken, request), cancellationToken).ConfigureAwait(false);
        form.Add("subject_token", subjectToken.Value);
        form.Add("subject_token_type", subjectToken.Type);
        if (actor is not null)
        {
            var actorToken = await actor(form.ContextFor(AssertionPurpose.ActorToken), cancellationToken).ConfigureAwait(false);
            form.Add("actor_token", actorToken.Value);
            form.Add("actor_token_type", actorToken.Type);
        }
        form.Add("requested_token_type", target.TokenType);
        if (!request.Parameters.ContainsKey("audience"))
            form.AddEach("audience", target.Audience);
        form.AddRequest(request);
    }
}
