namespace JwtGrantClient.Simulations.Fleet;

/// <summary>The SplitMix64 generator. Its numbers are the same in every run and on every machine, and similar seeds give unrelated numbers.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Creates an independent generator for the pod with the given number.</summary>
    public static SeededRandom Create(int seed, int number) => new(new SeededRandom(((ulong)(uint)seed << 32) | (uint)number).NextBits());

    /// <summary>Returns a uniform number in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        var bits = _state += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
