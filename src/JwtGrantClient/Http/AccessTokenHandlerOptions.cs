namespace JwtGrantClient;

/// <summary>The options of an <see cref="AccessTokenHandler"/>: which token it requests, and which origins may receive the token.</summary>
public sealed class AccessTokenHandlerOptions
{
    /// <summary>
    /// Gets or sets what the token is for. Default: <see cref="TokenRequest.Default"/>, the client as configured.
    /// <see cref="HttpRequestMessageExtensions.SetTokenRequest"/> overrides it for one request.
    /// </summary>
    public TokenRequest TokenRequest { get; set; } = TokenRequest.Default;

    /// <summary>
    /// Gets or sets the origins that may receive the token, in addition to the origin of the HttpClient's base address. An origin is a scheme,
    /// a host and a port without a path (RFC 6454), such as <c>https://api.example.com</c>. The scheme is https; http is allowed only for
    /// this machine with <see cref="AllowLoopbackHttp"/>. Default: empty.
    /// </summary>
    /// <remarks>
    /// With an empty list, the token is sent only to the origin of the base address. AddJwtGrantToken reads the base address that AddHttpClient
    /// or ConfigureHttpClient sets; it does not see one that a typed client sets in its constructor, or one of an HttpClient that is created without
    /// IHttpClientFactory. If the list is empty and no base address is known, every request is refused. A redirect never takes the token to another
    /// origin. If a request has a Host header, its host must be allowed, too.
    /// </remarks>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Gets or sets the name of the header that carries the token, such as <c>Txn-Token</c>. Default: <c>Authorization</c>.
    /// </summary>
    /// <remarks>
    /// The handlers of .NET remove only the Authorization header when they follow a redirect to another origin. With another header they must not follow
    /// redirects: AddJwtGrantToken turns redirects off, and the handler refuses a last handler that follows them.
    /// </remarks>
    public string HeaderName { get; set; } = "Authorization";

    /// <summary>
    /// Gets or sets the scheme before the token in the header; an empty text for none. Default: null, which means the type of the token (RFC 6749 section 7.1)
    /// in the Authorization header, and no scheme in another one.
    /// </summary>
    public string? Scheme { get; set; }

    /// <summary>
    /// Gets or sets the callback for an API that requires another token: with more scope (403 with <c>insufficient_scope</c>, RFC 6750 section 3.1), after another
    /// authentication of the user (<c>insufficient_user_authentication</c>, RFC 9470 section 3), or with claims (<c>insufficient_claims</c>). The token request
    /// that it returns gets a token with which the request is sent once more; null returns the response to the caller. Default: null, the response is returned.
    /// </summary>
    /// <remarks>
    /// It is called at most once for a request, and only if the request can be sent again: without content, or with content that is a buffer. If the token
    /// cannot be obtained, the response is returned. An exception of the callback reaches the caller. It may be called by several requests at once.
    /// </remarks>
    /// <example>
    /// Requests the scope that the API names, if it is one of those that the application is prepared for.
    /// <code>
    /// handler.OnChallenge = (challenge, _) => new(challenge.Scope is "reports.read reports.write"
    ///     ? new TokenRequest(challenge.TokenRequest) { Scope = challenge.Scope }
    ///     : null);
    /// </code>
    /// </example>
    public Func<TokenChallenge, CancellationToken, ValueTask<TokenRequest?>>? OnChallenge { get; set; }

    /// <summary>
    /// Gets or sets whether the token may be sent over http to 127.0.0.1, ::1 and localhost. Default: false; with AddJwtGrantToken, the value of
    /// the client's <see cref="JwtGrantOptions.AllowLoopbackHttp"/>.
    /// </summary>
    public bool AllowLoopbackHttp { get; set; }
}
