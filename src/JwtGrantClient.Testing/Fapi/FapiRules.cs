using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Fapi;

/// <summary>
/// What the FAPI 2.0 security profile takes from the choices that OAuth leaves (S23): few algorithms, few methods, bound tokens.
/// </summary>
internal static class FapiRules
{
    // Section 5.4.1 allows EdDSA too, which the platform cannot verify.
    private static readonly string[] Names = ["PS256", "ES256"];

    private static readonly string[] Methods = [ClientMethods.PrivateKeyJwt, ClientMethods.SelfSignedTls, ClientMethods.TlsClientAuth];

    public static IEnumerable<VerificationAlgorithm> Algorithms(StrictAuthorizationServerOptions options) =>
        VerificationAlgorithm.All.Where(algorithm => !options.FapiMode || Names.Contains(algorithm.Name));

    public static bool Allows(StrictAuthorizationServerOptions options, string method) => !options.FapiMode || Methods.Contains(method);

    /// <exception cref="RefusedException">The client did not prove itself, or its token would be good in anybody's hands.</exception>
    public static void Demand(StrictAuthorizationServerOptions options, ClientRegistration? client, bool isBound)
    {
        if (!options.FapiMode)
            return;
        if (client is null)
            throw RefusedException.Client("S23", "FAPI 2.0 section 5.3.2.1", "By FAPI 2.0 the client authenticates, beside a grant too.");
        if (!isBound)
            throw RefusedException.Request("S23", "FAPI 2.0 section 5.3.2.1",
                "By FAPI 2.0 tokens are bound to the client; send a DPoP proof, or come by mutual TLS.");
    }
}
