using JwtGrantClient.Protocol;

namespace JwtGrantClient;

// The requests that the library makes from the one of the application.
public sealed partial class TokenRequest
{
    /// <summary>
    /// Returns the request for whose token a client asks another client: subject, claims and tokens are the same, everything else is as configured.
    /// </summary>
    internal TokenRequest ForSubject() =>
        Subject is null && Claims.Count == 0 && _tokens is null ? Default : new() { Subject = Subject, Claims = Claims, _tokens = _tokens };

    /// <summary>
    /// Returns the request for an assertion that another client requests for the server of this request: also with the scope. An ID-JAG has the resources and the
    /// authorization details, too. In identity chaining a resource of the first step is the authorization server of the second one.
    /// </summary>
    internal TokenRequest ForAssertion(bool hasTargets) => new()
    {
        Subject = Subject,
        Claims = Claims,
        _tokens = _tokens,
        Scope = Scope,
        Resource = hasTargets ? Resource : [],
        AuthorizationDetails = hasTargets ? AuthorizationDetails : null,
    };

    /// <summary>Returns the request with the values of another one where it has none.</summary>
    internal TokenRequest CompleteFrom(TokenRequest defaults) => new()
    {
        Scope = Scope ?? defaults.Scope,
        Resource = Resource.Count > 0 ? Resource : defaults.Resource,
        AuthorizationDetails = AuthorizationDetails ?? defaults.AuthorizationDetails,
        Parameters = NamedValues.Merge(defaults.Parameters, Parameters),
        Subject = Subject,
        Claims = Claims,
        _tokens = _tokens,
    };

    /// <summary>Returns the request with another scope.</summary>
    /// <param name="scope">The scope; null for none.</param>
    /// <param name="claim">The value of the claim <c>scope</c>; null to leave the claims unchanged.</param>
    internal TokenRequest WithScope(string? scope, string? claim) => new()
    {
        Scope = scope,
        Resource = Resource,
        AuthorizationDetails = AuthorizationDetails,
        Parameters = Parameters,
        Subject = Subject,
        Claims = claim is null ? Claims : NamedValues.Merge(new Dictionary<string, object>(StringComparer.Ordinal) { ["scope"] = claim }, Claims),
        _tokens = _tokens,
    };

    /// <summary>Returns an equal request that the cache can keep: without the texts of the tokens.</summary>
    internal TokenRequest WithoutTokenTexts()
    {
        if (_tokens is null)
            return this;
        var copy = (TokenRequest)MemberwiseClone();
        copy._tokens = _tokens.WithoutTexts();
        return copy;
    }
}
