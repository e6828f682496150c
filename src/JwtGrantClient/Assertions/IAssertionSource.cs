namespace JwtGrantClient;

/// <summary>
/// Gives the client-authentication assertion alone, for a back end that makes its own token request (RFC 7523 section 2.2).
/// </summary>
public interface IAssertionSource
{
    /// <summary>Makes a fresh assertion: an assertion is for one request, for the server refuses a <c>jti</c> it has seen.</summary>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="JwtGrantException">The assertion could not be made or signed.</exception>
    ValueTask<Assertion> GetAssertionAsync(CancellationToken cancellationToken = default);
}
