namespace JwtGrantClient;

/// <summary>What a handler asks for, and where it may take the token.</summary>
public sealed class AccessTokenHandlerOptions
{
    /// <summary>
    /// What the token is for. Default: the client as configured. <see cref="HttpRequestMessageExtensions.SetTokenRequest"/> sets another for
    /// one request.
    /// </summary>
    public TokenRequest TokenRequest { get; set; } = TokenRequest.Default;

    /// <summary>
    /// Origins that may get the token, such as <c>https://api.example.com</c>: scheme, host and port, no path; the origin of the
    /// HttpClient's base address may in any case. Default, empty: that one alone, where AddJwtGrantToken can see it (a base address that a
    /// typed client sets in its own constructor comes too late); else the https host that each request is first addressed to.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Allows http to 127.0.0.1, ::1 and localhost. Default: false; AddJwtGrantToken takes over the client's own setting.
    /// </summary>
    public bool AllowLoopbackHttp { get; set; }
}
