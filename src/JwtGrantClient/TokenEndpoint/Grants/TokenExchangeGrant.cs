using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>What an exchange asks for beside the request's own scope and resources.</summary>
/// <param name="TokenType">The <c>requested_token_type</c>; null leaves it to the server.</param>
/// <param name="Audience">Logical names of services; a parameter <c>audience</c> of the request goes before them.</param>
internal sealed record ExchangeTarget(string? TokenType, IReadOnlyList<string> Audience);

/// <summary>
/// RFC 8693 section 2.1: one token for another. The tokens are asked for at each attempt, for files with them are replaced under way.
/// </summary>
internal sealed class TokenExchangeGrant(AssertionProvider subject, AssertionProvider? actor, ExchangeTarget target, TokenRequest request) : Grant
{
    internal override string Type => GrantTypes.TokenExchange;

    internal override bool MayBeRepeated => true;

    internal override bool MayYieldOtherTokens => true;

    internal override async ValueTask WriteAsync(TokenRequestForm form, CancellationToken cancellationToken)
    {
        var of = await subject(form.ContextFor(AssertionPurpose.SubjectToken, request), cancellationToken).ConfigureAwait(false);
        form.Add("subject_token", of.Value);
        form.Add("subject_token_type", of.Type);
        if (actor is not null)
        {
            var by = await actor(form.ContextFor(AssertionPurpose.ActorToken), cancellationToken).ConfigureAwait(false);
            form.Add("actor_token", by.Value);
            form.Add("actor_token_type", by.Type);
        }
        form.Add("requested_token_type", target.TokenType);
        if (!request.Parameters.ContainsKey("audience"))
            form.AddEach("audience", target.Audience);
        form.AddRequest(request);
    }
}
