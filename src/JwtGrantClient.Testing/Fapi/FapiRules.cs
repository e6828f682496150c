using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Fapi;

/// <summary>
/// The restrictions of the FAPI 2.0 Security Profile: signature algorithms, client authentication methods and bound tokens.
/// </summary>
internal static class FapiRules
{
    // Section 5.4.1 also allows EdDSA, which the platform cannot verify.
    private static readonly string[] AlgorithmNames = ["PS256", "ES256"];

    private static readonly string[] Methods = [ClientMethods.PrivateKeyJwt, ClientMethods.SelfSignedTls, ClientMethods.TlsClientAuth];

    public static IEnumerable<VerificationAlgorithm> Algorithms(StrictAuthorizationServerOptions options) =>
        VerificationAlgorithm.All.Where(algorithm => Allows(options, algorithm));

    public static bool Allows(StrictAuthorizationServerOptions options, VerificationAlgorithm algorithm) =>
        !options.FapiMode || AlgorithmNames.Contains(algorithm.Name);

    public static bool Allows(StrictAuthorizationServerOptions options, string method) => !options.FapiMode || Methods.Contains(method);

    /// <exception cref="RefusedException">The client is not authenticated, or its token would be a bearer token.</exception>
    public static void Check(StrictAuthorizationServerOptions options, ClientRegistration? client, bool isBound)
    {
        if (!options.FapiMode)
            return;
        if (client is null)
            throw RefusedException.InvalidClient(
                "S23", "FAPI 2.0 section 5.3.2.1", "FAPI 2.0 requires client authentication, also for an assertion grant.");
        if (!isBound)
            throw RefusedException.InvalidRequest("S23", "FAPI 2.0 section 5.3.2.1",
                "FAPI 2.0 requires tokens that are bound to the client. Send a DPoP proof, or use mutual TLS.");
    }
}
