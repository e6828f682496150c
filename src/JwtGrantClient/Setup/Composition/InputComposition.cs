using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Sources;

namespace JwtGrantClient.Setup;

/// <summary>The tokens of other clients that a client sends. Each is null if the client does not need it.</summary>
internal sealed record ComposedInputs(ClientTokenInput? Grant, ClientTokenInput? ClientAssertion, ClientTokenInput? SubjectToken, ClientTokenInput? ActorToken)
{
    /// <summary>Gets the clients whose tokens are for the subject of the token request.</summary>
    public required List<ComposedClient> SubjectClients { get; init; }

    /// <summary>Returns the inputs for the token endpoint client; null if there are none.</summary>
    public ClientInputs? ToClientInputs()
    {
        var grant = new List<ITokenInput>();
        foreach (var input in new[] { Grant, SubjectToken, ActorToken })
            if (input is not null)
                grant.Add(input);
        return grant.Count == 0 && ClientAssertion is null ? null : new(grant, ClientAssertion is null ? [] : [ClientAssertion]);
    }
}

/// <summary>Composes the tokens of other clients that a client sends as assertions, or as tokens to exchange.</summary>
internal static class InputComposition
{
    public static ComposedInputs Create(string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        var exchange = options.TokenExchange;
        var subjectClients = new List<ComposedClient>();
        return new(
            Open("Assertion:From", options.Assertion.From, AssertionPurpose.Grant, AssertionTypes.Jwt, dependencies.GrantAssertion.IsSet),
            Open(
                "ClientAssertion:From", options.ClientAssertion.From, AssertionPurpose.ClientAuthentication,
                options.ClientAssertion.AssertionType ?? AssertionTypes.Jwt, dependencies.ClientAssertion.IsSet),
            Open("TokenExchange:SubjectTokenFrom", exchange.SubjectTokenFrom, AssertionPurpose.SubjectToken, exchange.SubjectTokenType, dependencies.SubjectToken.IsSet),
            Open("TokenExchange:ActorTokenFrom", exchange.ActorTokenFrom, AssertionPurpose.ActorToken, exchange.ActorTokenType, dependencies.ActorToken.IsSet))
        {
            SubjectClients = subjectClients,
        };

        ClientTokenInput? Open(string setting, string? client, AssertionPurpose purpose, string? type, bool isProvided)
        {
            if (isProvided || !ClientReference.Of(options).Exists(reference => reference.Setting == setting))
                return null;
            var inner = dependencies.Clients!.Get(client!);
            if (purpose is AssertionPurpose.Grant or AssertionPurpose.SubjectToken)
                subjectClients.Add(inner);
            var requestedFor = options.Grant == GrantType.JwtBearer && purpose == AssertionPurpose.Grant ? inner.TypeForOtherServer : null;
            return new(setting, name, inner.Tokens, purpose, type ?? inner.TokenType, options.InputReuse == InputReuse.Once)
            {
                RequestedFor = requestedFor,
                // ChainChecks requires the issuer and the client id.
                Check = requestedFor == TokenTypes.IdJag
                    ? new(name, client!, options.Issuer!, options.ClientId!, keys.ProofKey?.Thumbprint, mustBeBound: inner.HasProofs) : null,
            };
        }
    }
}
