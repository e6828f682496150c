using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Moves the scope of token requests into a claim of the assertion.</summary>
/// <param name="placement">How the claim is written.</param>
/// <param name="defaults">The values of the settings. The assertions have their scope already.</param>
/// <param name="isPerRequest">Whether each token request has an assertion of its own.</param>
internal sealed class ScopeClaim(ScopePlacement placement, TokenRequest defaults, bool isPerRequest)
{
    public const string Name = "scope";

    // The same for most requests.
    private readonly TokenRequest _moved = defaults.WithScope(null, claim: null);

    /// <summary>Returns the value of the claim.</summary>
    public static string Format(ScopePlacement placement, string scope) =>
        placement == ScopePlacement.CommaSeparatedClaim ? scope.Replace(' ', ',') : scope;

    /// <summary>Returns a request without the scope as a parameter.</summary>
    /// <exception cref="JwtGrantException">The scope differs from the settings, and the assertion has only that of the settings.</exception>
    public TokenRequest Move(TokenRequest request) =>
        ReferenceEquals(request, defaults) ? _moved
        : request.Scope is not { } scope ? request
        : scope == defaults.Scope ? request.WithScope(null, claim: null)
        : isPerRequest ? request.WithScope(null, Format(placement, scope))
        : throw JwtGrantException.Configuration(
            "scope_not_per_request",
            $"The token request has the scope {SettingText.Quote(scope)}, but the scope is a claim of the client assertion, which is the same for all requests. Set Scope, and use another client for another scope.");
}
