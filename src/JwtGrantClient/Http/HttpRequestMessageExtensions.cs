namespace JwtGrantClient;

/// <summary>Extends <see cref="HttpRequestMessage"/>.</summary>
public static class HttpRequestMessageExtensions
{
    private static readonly HttpRequestOptionsKey<TokenRequest> Key = new("JwtGrantClient.TokenRequest");

    // Reading a request's options creates them, which costs each request 104 bytes: they are read only in a process that has set one.
    private static bool _isInUse;

    /// <summary>
    /// Sets what the token of this one request is for, such as a user, a tenant or a scope, in place of
    /// <see cref="AccessTokenHandlerOptions.TokenRequest"/>.
    /// </summary>
    /// <param name="request">The request, before it is sent.</param>
    /// <param name="tokenRequest">What the token is for.</param>
    /// <returns>The same request.</returns>
    /// <exception cref="ArgumentNullException">One of the two is null.</exception>
    /// <example>
    /// <code>
    /// using var request = new HttpRequestMessage(HttpMethod.Get, "invoices");
    /// request.SetTokenRequest(new TokenRequest { Subject = "alice" });
    /// using var response = await http.SendAsync(request, cancellationToken);
    /// </code>
    /// </example>
    public static HttpRequestMessage SetTokenRequest(this HttpRequestMessage request, TokenRequest tokenRequest)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(tokenRequest);
        _isInUse = true;
        request.Options.Set(Key, tokenRequest);
        return request;
    }

    /// <summary>Returns what was set; null where nothing was.</summary>
    internal static TokenRequest? GetTokenRequest(this HttpRequestMessage request) =>
        _isInUse && request.Options.TryGetValue(Key, out var tokenRequest) ? tokenRequest : null;
}
