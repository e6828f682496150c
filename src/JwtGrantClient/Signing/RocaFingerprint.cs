using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>
/// Recognizes RSA keys that a flawed library generated (CVE-2017-15361, ROCA). Their primes are k * M + (65537^a mod M), where M is the product of the first
/// small primes, so that the private key can be computed from the public key. Modulo each of these small primes, such a modulus is a power of 65537. For an
/// ordinary key that is true for all primes up to 167 with a probability of 2^-27.8.
/// </summary>
internal static class RocaFingerprint
{
    /// <summary>What is wrong with a key that has the fingerprint, and what to do: a phrase after the name of the key.</summary>
    public const string Problem =
        "has the fingerprint of CVE-2017-15361 (ROCA): a flawed library generated it, and the private key can be computed from the public key. Create a new key with other software, and remove this one from the server.";

    private const int Generator = 65537;

    // The flawed library uses at least these primes, whatever the size of the key.
    private const int HighestPrime = 167;

    /// <summary>Returns whether a modulus has the fingerprint.</summary>
    /// <param name="modulus">The modulus, with the most significant byte first.</param>
    public static bool IsPresent(ReadOnlySpan<byte> modulus)
    {
        for (var number = 3; number <= HighestPrime; number += 2)
            if (IsPrime(number) && !IsPowerOfGenerator(Remainder(modulus, number), number))
                return false;
        return true;
    }

    /// <summary>Returns whether the RSA key of a certificate has the fingerprint. False for a certificate with another key.</summary>
    public static bool IsPresent(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPublicKey();
        return key is not null && IsPresent(key.ExportParameters(includePrivateParameters: false).Modulus);
    }

    private static bool IsPrime(int number)
    {
        for (var divisor = 3; divisor * divisor <= number; divisor += 2)
            if (number % divisor == 0)
                return false;
        return true;
    }

    private static int Remainder(ReadOnlySpan<byte> number, int divisor)
    {
        var remainder = 0;
        foreach (var digit in number)
            remainder = ((remainder << 8) | digit) % divisor;
        return remainder;
    }

    // The powers of 65537 modulo a prime form a cycle that begins and ends with 1.
    private static bool IsPowerOfGenerator(int residue, int prime)
    {
        var power = 1;
        do
        {
            if (power == residue)
                return true;
            power = power * (Generator % prime) % prime;
        }
        while (power != 1);
        return false;
    }
}
