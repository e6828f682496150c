namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Draws the same numbers for the same seed on every runtime, for ever (SplitMix64); a failing seed stays a failing seed.</summary>
internal sealed class Dice(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>From 0 to below <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }
}
