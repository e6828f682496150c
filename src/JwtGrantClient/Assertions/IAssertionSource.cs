namespace JwtGrantClient;

/// <summary>
/// Returns client-authentication assertions for an application that sends its own requests to the authorization server (RFC 7523 section 2.2).
/// </summary>
/// <example>
/// The form of a pushed authorization request (RFC 9126) that is authenticated by an assertion.
/// <code>
/// Assertion assertion = await assertions.GetAssertionAsync(cancellationToken);
/// using var form = new FormUrlEncodedContent(
/// [
///     new("client_id", "login-backend"),
///     new("client_assertion_type", assertion.Type),
///     new("client_assertion", assertion.Value),
///     new("redirect_uri", "https://app.example.com/callback"),
/// ]);
/// using HttpResponseMessage response = await http.PostAsync("https://as.example.com/par", form, cancellationToken);
/// </code>
/// </example>
public interface IAssertionSource
{
    /// <summary>
    /// Returns a new assertion. Use it for one request: authorization servers reject a <c>jti</c> that they have seen before
    /// (RFC 7523 section 3 item 7).
    /// </summary>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <returns>The assertion.</returns>
    /// <exception cref="JwtGrantException">The assertion could not be created or signed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default);
}
