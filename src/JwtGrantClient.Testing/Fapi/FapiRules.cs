using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Fapi;

/// <summary>
/// The restrictions of the FAPI 2.0 Security Profile: signature algorithms, client authentication methods, bound tokens, codes and refresh tokens.
/// </summary>
internal static class FapiRules
{
    // Section 5.4.1 allows EdDSA with the Ed25519 variant, and algorithms with a specific name for it, which RFC 9864 registered.
    private static readonly string[] AlgorithmNames = ["PS256", "ES256", "Ed25519", "EdDSA"];

    private static readonly string[] Methods = [ClientMethods.PrivateKeyJwt, ClientMethods.SelfSignedTls, ClientMethods.TlsClientAuth];

    public static IEnumerable<VerificationAlgorithm> Algorithms(StrictAuthorizationServerOptions options) =>
        VerificationAlgorithm.All.Where(algorithm => Allows(options, algorithm));

    public static bool Allows(StrictAuthorizationServerOptions options, VerificationAlgorithm algorithm) =>
        !options.FapiMode || AlgorithmNames.Contains(algorithm.Name);

    public static bool Allows(StrictAuthorizationServerOptions options, string method) => !options.FapiMode || Methods.Contains(method);

    /// <summary>
    /// Returns the lifetime of authorization codes: 60 s (section 5.3.2.1 item 11), or the maximum that RFC 6749 section 4.1.2 recommends.
    /// </summary>
    public static TimeSpan CodeLifetime(StrictAuthorizationServerOptions options) =>
        options.FapiMode ? TimeSpan.FromSeconds(60) : TimeSpan.FromMinutes(10);

    /// <summary>Returns whether a refresh token is replaced by a new one when it is used (section 5.3.2.1 item 9).</summary>
    public static bool RotatesRefreshTokens(StrictAuthorizationServerOptions options) => options.IssueRefreshTokens && !options.FapiMode;

    /// <exception cref="ArgumentException">The options contradict the profile.</exception>
    public static void CheckOptions(StrictAuthorizationServerOptions options)
    {
        if (options.FapiMode && (options.FutureTolerance < TimeSpan.FromSeconds(10) || options.FutureTolerance > TimeSpan.FromSeconds(60)))
            throw new ArgumentException(
                $"FutureTolerance is {options.FutureTolerance}; with FapiMode expected 10 s to 60 s (FAPI 2.0 section 5.3.2.1 item 13).");
    }

    /// <exception cref="RefusedException">The client is not authenticated, or its token would be a bearer token.</exception>
    public static void Check(StrictAuthorizationServerOptions options, ClientRegistration? client, bool isBound)
    {
        if (!options.FapiMode)
            return;
        if (client is null)
            throw RefusedException.InvalidClient(
                "S23", "FAPI 2.0 section 5.3.2.1 item 6", "FAPI 2.0 requires client authentication, also for an assertion grant.");
        if (!isBound)
            throw RefusedException.InvalidRequest("S23", "FAPI 2.0 section 5.3.2.1 items 4 and 5",
                "FAPI 2.0 requires tokens that are bound to the client. Send a DPoP proof, or use mutual TLS.");
    }

    /// <exception cref="RefusedException">The authorization request of the code did not conform to the profile.</exception>
    public static void CheckCode(StrictAuthorizationServerOptions options, string redirectUri, string? codeChallenge)
    {
        if (!options.FapiMode)
            return;
        if (codeChallenge is null)
            throw RefusedException.InvalidGrant("S23", "FAPI 2.0 section 5.3.2.2 item 5",
                "The authorization request had no code_challenge; FAPI 2.0 requires PKCE with S256.");
        if (Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            throw RefusedException.InvalidGrant("S23", "FAPI 2.0 section 5.3.2.2 item 8",
                $"The redirect_uri is '{redirectUri}'; FAPI 2.0 allows http only for a loopback address.");
    }
}
