namespace JwtGrantClient;

/// <summary>Extension methods for <see cref="HttpRequestMessage"/>.</summary>
public static class HttpRequestMessageExtensions
{
    private static readonly HttpRequestOptionsKey<TokenRequest> Key = new("JwtGrantClient.TokenRequest");

    // Reading HttpRequestMessage.Options allocates 104 bytes per request, so the options are read only after SetTokenRequest was called once.
    private static bool _isInUse;

    /// <summary>
    /// Sets what the token of this one request is for, such as a user, a tenant or a scope. It replaces
    /// <see cref="AccessTokenHandlerOptions.TokenRequest"/> for this request.
    /// </summary>
    /// <param name="request">The request. It must not have been sent yet.</param>
    /// <param name="tokenRequest">What the token is for.</param>
    /// <returns>The same request.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> or <paramref name="tokenRequest"/> is null.</exception>
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

    /// <summary>Returns the token request that <see cref="SetTokenRequest"/> set; null if it was not called.</summary>
    internal static TokenRequest? GetTokenRequest(this HttpRequestMessage request) =>
        _isInUse && request.Options.TryGetValue(Key, out var tokenRequest) ? tokenRequest : null;
}
