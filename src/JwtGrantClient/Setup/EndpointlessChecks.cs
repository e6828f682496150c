namespace JwtGrantClient.Setup;

/// <summary>Finds the problems of clients without a token endpoint: settings of a server or of token requests, which would have no effect.</summary>
internal static class EndpointlessChecks
{
    /// <summary>Returns whether the client has no token endpoint.</summary>
    public static bool Apply(JwtGrantOptions options, ClientDependencies dependencies) => dependencies.TokenSource.IsSet || options.Grant == GrantType.SelfSigned;

    public static IEnumerable<string> Find(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var isOwn = dependencies.TokenSource.IsSet;
        var reason = isOwn ? "the tokens of the client come from UseTokenSource" : "Grant is SelfSigned, and the client requests no token";
        var settings = new (string Name, bool IsSet)[]
        {
            ("Issuer", options.Issuer is not null),
            ("TokenEndpoint", options.TokenEndpoint is not null && (isOwn || options.FindProfile() is not { DeclareRequest: not null })),
            ("RevocationEndpoint", options.RevocationEndpoint is not null),
            ("ClientAuthentication", options.ClientAuthentication != ClientAuthenticationMethod.None),
            ("RequestEncoding", options.RequestEncoding != RequestEncoding.Form),
            ("Scope", options.Scope is not null && (isOwn || options.ScopePlacement == ScopePlacement.Parameter)),
            ("ScopePlacement", isOwn && options.ScopePlacement != ScopePlacement.Parameter),
            ("UseIdToken", options.UseIdToken),
            ("Resource", options.Resource.Count > 0),
            ("AuthorizationDetails", options.AuthorizationDetails is not null),
            ("Parameters", options.Parameters.Count > 0),
            ("Headers", options.Headers.Count > 0),
            ("DPoP:Enabled", options.DPoP.Enabled),
            ("RevokeOnDispose", options.RevokeOnDispose),
            ("Assertion:From", options.Assertion.From is not null),
            ("Assertion:FromRequest", options.Assertion.FromRequest),
            ("Assertion:TokenFile", options.Assertion.TokenFile is not null),
            ("Grant", isOwn && options.Grant != GrantType.JwtBearer),
        };
        foreach (var (name, isSet) in settings)
            if (isSet)
                yield return $"{name} is set, but {reason}. Remove the setting{(isOwn ? ", or do not call UseTokenSource" : "")}.";
        if (!isOwn && options.Assertion.Audience is null && !options.Assertion.OmittedClaims.Contains("aud"))
            yield return "Assertion:Audience is missing; it is the API that the self-signed token is for. Set it to the value that the API expects, or for an API that expects none add aud to Assertion:OmittedClaims.";
    }
}
