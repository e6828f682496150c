using System.Numerics;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Tests an RSA modulus for ROCA (CVE-2017-15361): the primes of such keys are powers of 65537 modulo each small prime, and therefore so is their
/// product. By chance that is true for one key of 200 million.
/// </summary>
internal static class RocaTest
{
    private const int Generator = 65537;

    // The primes that divide the constant of the flawed library for its smallest keys; larger keys use these and more.
    private static readonly int[] Primes =
    [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149,
        151, 157, 163, 167,
    ];

    private static readonly (int Prime, int Order)[] Subgroups = [.. Primes.Select(prime => (prime, FindOrder(prime)))];

    public static bool HasFingerprint(byte[] modulus)
    {
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        // The multiplicative group of a prime is cyclic, so a number is in the subgroup of the order d if and only if its power d is 1.
        return Array.TrueForAll(Subgroups, group => BigInteger.ModPow(number, group.Order, group.Prime).IsOne);
    }

    private static int FindOrder(int prime) =>
        Enumerable.Range(1, prime - 1).First(exponent => BigInteger.ModPow(Generator, exponent, prime).IsOne);
}
