namespace JwtGrantClient.Simulations.Fleet;

/// <summary>SplitMix64: random numbers that are the same in every run and on every machine, and far apart for neighbouring seeds.</summary>
internal sealed class Draws(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The draws of one of many, by its number.</summary>
    public static Draws Of(int seed, int number) => new(new Draws(((ulong)(uint)seed << 32) | (uint)number).NextBits());

    /// <summary>Uniform in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        var bits = _state += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
