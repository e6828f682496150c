namespace JwtGrantClient.Simulations.Fleet;

/// <summary>A stretch of the simulation, in whole seconds since its beginning.</summary>
internal sealed record Phase(string Name, int From, int To)
{
    public bool IsOutage { get; init; }

    public int Seconds => To - From;
}

/// <summary>What is simulated, and when what happens.</summary>
internal sealed record Plan
{
    private const int SteadyLifetimes = 3, Outages = 3;

    public int Pods { get; init; } = 10_000;

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Within which time the pods start, each at a moment drawn from it.</summary>
    public TimeSpan Rollout { get; init; } = TimeSpan.FromMinutes(1);

    public int Seed { get; init; } = 1;

    /// <summary>How long the endpoint is out of order, three times; zero for never.</summary>
    public TimeSpan Outage { get; init; }

    /// <summary>Whether the pods have a second level in common.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether calls are made that can change nothing; the outcome is the same.</summary>
    public bool EveryCall { get; init; }

    /// <summary>How long the endpoint takes for an answer.</summary>
    public static TimeSpan EndpointLatency { get; } = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// The rollout, the first cycle until two lifetimes have passed, three lifetimes of calm, and the outages, each with a lifetime after
    /// it in which the fleet comes apart again.
    /// </summary>
    public IReadOnlyList<Phase> Phases()
    {
        var lifetime = WholeSeconds(Lifetime);
        var started = Math.Min(WholeSeconds(Rollout) + 1, 2 * lifetime);
        var phases = new List<Phase>
        {
            new("rollout", 0, started),
            new("first cycle", started, 2 * lifetime),
            new("steady", 2 * lifetime, (2 + SteadyLifetimes) * lifetime),
        };
        for (var i = 1; i <= Outages && Outage > TimeSpan.Zero; i++)
        {
            var outage = new Phase($"outage {i}", phases[^1].To, phases[^1].To + WholeSeconds(Outage)) { IsOutage = true };
            phases.Add(outage);
            phases.Add(new($"after outage {i}", outage.To, outage.To + lifetime));
        }
        return phases;
    }

    private static int WholeSeconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
