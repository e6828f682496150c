using System.Numerics;
using System.Security.Cryptography;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// Creates an RSA key with the structure of CVE-2017-15361: both primes are k * M + (65537^a mod M), where M is the product of the first small primes.
/// </summary>
internal static class RocaKey
{
    // The number of small primes that the flawed library uses for keys of 1984 to 3936 bits.
    private const int SmallPrimes = 126;
    private const int PrimeBits = 1024;

    private static readonly BigInteger Exponent = 65537;
    private static readonly BigInteger Product = FirstPrimes().Aggregate(BigInteger.One, (product, prime) => product * prime);

    /// <summary>A key of 2048 bits.</summary>
    public static RSA Create()
    {
        var p = CreatePrime();
        BigInteger q;
        do
            q = CreatePrime();
        while (q == p);
        var d = Inverse(Exponent, (p - 1) * (q - 1));
        return RSA.Create(new RSAParameters
        {
            Modulus = Bytes(p * q, 2 * PrimeBits), Exponent = [1, 0, 1], D = Bytes(d, 2 * PrimeBits), P = Bytes(p), Q = Bytes(q),
            DP = Bytes(d % (p - 1)), DQ = Bytes(d % (q - 1)), InverseQ = Bytes(Inverse(q, p)),
        });
    }

    private static IEnumerable<int> FirstPrimes() =>
        Enumerable.Range(2, 1000).Where(number => Enumerable.Range(2, number - 2).All(divisor => number % divisor != 0)).Take(SmallPrimes);

    private static BigInteger CreatePrime()
    {
        // With the two highest bits set, the product of two primes has exactly the double length.
        var (lowest, highest) = (3 * BigInteger.Pow(2, PrimeBits - 2) / Product + 1, BigInteger.Pow(2, PrimeBits) / Product - 1);
        while (true)
        {
            var k = lowest + (Random() % (highest - lowest));
            var candidate = (k * Product) + BigInteger.ModPow(Exponent, Random() % Product, Product);
            if (IsProbablePrime(candidate) && candidate % Exponent != 1)
                return candidate;
        }
    }

    // Fermat's test to the base 2: a random number of this size that passes it and is not a prime is not found in practice.
    private static bool IsProbablePrime(BigInteger candidate) => BigInteger.ModPow(2, candidate - 1, candidate).IsOne;

    private static BigInteger Random() => new(RandomNumberGenerator.GetBytes(PrimeBits / 8), isUnsigned: true);

    private static BigInteger Inverse(BigInteger value, BigInteger modulus)
    {
        var (previous, remainder, coefficient, next) = (modulus, value % modulus, BigInteger.Zero, BigInteger.One);
        while (remainder != 0)
        {
            var quotient = previous / remainder;
            (previous, remainder) = (remainder, previous - (quotient * remainder));
            (coefficient, next) = (next, coefficient - (quotient * next));
        }
        return coefficient < 0 ? coefficient + modulus : coefficient;
    }

    private static byte[] Bytes(BigInteger value, int bits = PrimeBits)
    {
        var bytes = new byte[bits / 8];
        var number = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        number.CopyTo(bytes, bytes.Length - number.Length);
        return bytes;
    }
}
