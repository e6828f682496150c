namespace JwtGrantClient.Signing;

/// <summary>Why a name of an algorithm is not taken, by local keys and by signers of the user's own.</summary>
internal static class AlgorithmRefusal
{
    private static string Known => string.Join(", ", SignatureAlgorithm.All.Select(a => a.Name));

    /// <summary>The error for a name that no local key signs under.</summary>
    public static JwtGrantException Of(string name) => Refused(
        UnsafeReason(name) ?? $"The signing algorithm '{name}' is not known. Choose one of {Known}; names are case-sensitive (RFC 7518 " +
            "section 3.1).");

    /// <summary>The error for a symmetric key, under whatever algorithm.</summary>
    public static JwtGrantException SymmetricKey(string place) => Refused(
        $"In {place} there is a symmetric key, which is refused: it is a shared secret, and whoever can check such an assertion can also " +
        $"forge it. Register a public key with the server and choose one of {Known}.");

    /// <summary>A signer of the user's own may have any algorithm, Ed25519 for one, save those that prove nothing.</summary>
    /// <exception cref="JwtGrantException">The name is missing or refused.</exception>
    public static void Check(IJwtSigner signer)
    {
        if (string.IsNullOrWhiteSpace(signer.Algorithm))
            throw Refused($"The signer {signer.GetType().Name} names no Algorithm. It must say the JOSE name that the server checks by, " +
                "such as RS256.");
        if (UnsafeReason(signer.Algorithm) is { } reason)
            throw Refused(reason);
    }

    private static string? UnsafeReason(string name) => name switch
    {
        _ when name.Equals("none", StringComparison.OrdinalIgnoreCase) =>
            $"The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). Choose one of {Known}.",
        _ when name.StartsWith("HS", StringComparison.OrdinalIgnoreCase) && char.IsAsciiDigit(name.ElementAtOrDefault(2)) =>
            $"The signing algorithm '{name}' is refused: an HMAC key is a shared secret, and whoever can check such an assertion can also " +
            $"forge it. Register a public key with the server and choose one of {Known}.",
        _ => null,
    };

    private static JwtGrantException Refused(string message) => JwtGrantException.Configuration("algorithm_not_supported", message);
}
