namespace JwtGrantClient.Assertions;

/// <summary>The token of another client that a client sends: as an assertion, or as a token to exchange.</summary>
internal interface ITokenInput
{
    /// <summary>Gets what the token is sent as.</summary>
    AssertionPurpose Purpose { get; }

    /// <summary>Gets whether the server accepts a token once.</summary>
    bool IsSingleUse { get; }

    /// <summary>Returns a token of the other client for one attempt.</summary>
    /// <exception cref="JwtGrantException">The other client could not obtain one.</exception>
    ValueTask<InputToken> AcquireAsync(TokenRequest request, CancellationToken cancellationToken);

    /// <summary>Replaces a token that the server refused, and returns whether there is another one.</summary>
    ValueTask<bool> ReplaceAsync(InputToken refused, CancellationToken cancellationToken);
}

/// <summary>A token of another client.</summary>
/// <param name="Assertion">The token as it is sent.</param>
/// <param name="Token">The token of the other client.</param>
/// <param name="Request">What it is for.</param>
/// <param name="IsNew">Whether it was acquired for this attempt, so that another one would be refused, too.</param>
internal sealed record InputToken(Assertion Assertion, AccessToken Token, TokenRequest Request, bool IsNew);

/// <summary>The inputs of a client.</summary>
/// <param name="grant">Those of the configured grant.</param>
/// <param name="authentication">Those of the client authentication.</param>
internal sealed class ClientInputs(IReadOnlyList<ITokenInput> grant, IReadOnlyList<ITokenInput> authentication)
{
    private readonly ITokenInput[] _all = [.. grant, .. authentication];

    /// <summary>Returns the inputs of a token request with the configured grant; null for none.</summary>
    public RequestInputs? For(TokenRequest request) => _all.Length == 0 ? null : new(_all, request);

    /// <summary>Returns the inputs of a request with another grant, or of a revocation; null for none.</summary>
    public RequestInputs? ForAuthentication() => authentication.Count == 0 ? null : new(authentication, TokenRequest.Default);
}

/// <summary>
/// The tokens of other clients that one token request contains. They are acquired before each attempt, so that a retry carries valid ones, and replaced
/// once if the server refuses them.
/// </summary>
/// <param name="inputs">The inputs of the client.</param>
/// <param name="request">What the token is for.</param>
internal sealed class RequestInputs(IReadOnlyList<ITokenInput> inputs, TokenRequest request)
{
    private readonly InputToken?[] _sent = new InputToken?[inputs.Count];
    private readonly bool[] _isTaken = new bool[inputs.Count];
    private bool _isReplaced;

    /// <summary>Gets whether the next attempt needs a new token, because one that is single-use was taken.</summary>
    public bool NeedsNew
    {
        get
        {
            for (var i = 0; i < inputs.Count; i++)
                if (inputs[i].IsSingleUse && _isTaken[i])
                    return true;
            return false;
        }
    }

    /// <summary>Acquires the tokens for the next attempt.</summary>
    /// <exception cref="JwtGrantException">Another client could not obtain its token.</exception>
    public async ValueTask AcquireAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < inputs.Count; i++)
            await AcquireAsync(i, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the token that was acquired for an attempt. One that is single-use and was taken is replaced, for a caller without the limits of an endpoint.</summary>
    /// <exception cref="JwtGrantException">The other client could not obtain its token.</exception>
    public async ValueTask<Assertion> TakeAsync(ITokenInput input, CancellationToken cancellationToken)
    {
        var i = IndexOf(input);
        if (_sent[i] is null || (input.IsSingleUse && _isTaken[i]))
            await AcquireAsync(i, cancellationToken).ConfigureAwait(false);
        _isTaken[i] = true;
        return _sent[i]!.Assertion;
    }

    /// <summary>Replaces the tokens that an error concerns, once for a token request. Returns whether there is another one to send.</summary>
    public async ValueTask<bool> ReplaceAsync(JwtGrantException error, CancellationToken cancellationToken)
    {
        if (_isReplaced || error.IsOfInput)
            return false;
        var hasAnother = false;
        for (var i = 0; i < inputs.Count; i++)
            if (_isTaken[i] && IsAbout(error.Error, inputs[i].Purpose))
            {
                _isReplaced = true;
                hasAnother |= await inputs[i].ReplaceAsync(_sent[i]!, cancellationToken).ConfigureAwait(false);
            }
        return hasAnother;
    }

    // RFC 7523 section 3.1 and 3.2. In a token exchange an invalid token is an invalid_request (RFC 8693 section 2.2.2), but many servers say invalid_grant.
    private static bool IsAbout(string? error, AssertionPurpose purpose) => purpose switch
    {
        AssertionPurpose.ClientAuthentication => error == "invalid_client",
        AssertionPurpose.Grant => error == "invalid_grant",
        _ => error is "invalid_grant" or "invalid_request",
    };

    private async ValueTask AcquireAsync(int i, CancellationToken cancellationToken)
    {
        _sent[i] = await inputs[i].AcquireAsync(request, cancellationToken).ConfigureAwait(false);
        _isTaken[i] = false;
    }

    private int IndexOf(ITokenInput input)
    {
        for (var i = 0; i < inputs.Count; i++)
            if (ReferenceEquals(inputs[i], input))
                return i;
        throw new InvalidOperationException("The input does not belong to the client of the token request.");
    }
}
