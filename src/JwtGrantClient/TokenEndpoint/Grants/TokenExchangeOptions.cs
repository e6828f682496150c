namespace JwtGrantClient;

/// <summary>What is exchanged where Grant is TokenExchange (RFC 8693): tokens in files, or from providers given by code.</summary>
public sealed class TokenExchangeOptions
{
    /// <summary>
    /// A file with the subject token, a JWT that somebody else signs and renews, such as a Kubernetes projected token; read for every
    /// attempt. Required unless UseSubjectToken gives a provider.
    /// </summary>
    public string? SubjectTokenFile { get; set; }

    /// <summary>What the subject token is: a URI of RFC 8693 section 3. Default: <see cref="TokenTypes.Jwt"/>.</summary>
    public string? SubjectTokenType { get; set; }

    /// <summary>A file with the token of who acts for the subject. Default: none.</summary>
    public string? ActorTokenFile { get; set; }

    /// <summary>What the actor token is. Default: <see cref="TokenTypes.Jwt"/>.</summary>
    public string? ActorTokenType { get; set; }

    /// <summary>Logical names of the services that the token is for. Default: none are sent.</summary>
    public IList<string> Audience { get; set; } = [];

    /// <summary>Which kind of token is asked for. Default: whatever the server gives.</summary>
    public string? RequestedTokenType { get; set; }
}
