namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Pseudorandom numbers that depend only on the seed, on every runtime (SplitMix64). A seed that fails keeps failing.</summary>
internal sealed class Dice(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Returns a number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Next(int limit)
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }
}
