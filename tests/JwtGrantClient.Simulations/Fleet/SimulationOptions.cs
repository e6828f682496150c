namespace JwtGrantClient.Simulations.Fleet;

/// <summary>A phase of the simulation, in whole seconds since its start.</summary>
internal sealed record Phase(string Name, int From, int To)
{
    public bool IsOutage { get; init; }

    public int Seconds => To - From;
}

/// <summary>The options of a simulation, and the phases that follow from them.</summary>
internal sealed record SimulationOptions
{
    private const int SteadyLifetimes = 3, Outages = 3;

    public int Pods { get; init; } = 10_000;

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The time within which the pods start, each at a random time.</summary>
    public TimeSpan Rollout { get; init; } = TimeSpan.FromMinutes(1);

    public int Seed { get; init; } = 1;

    /// <summary>The length of each of the three outages of the endpoint; zero for none.</summary>
    public TimeSpan Outage { get; init; }

    /// <summary>Whether the pods use a shared token store.</summary>
    public bool Shared { get; init; }

    /// <summary>Whether calls that cannot change anything are made too. The result is the same.</summary>
    public bool EveryCall { get; init; }

    /// <summary>The time that the endpoint takes to respond.</summary>
    public static TimeSpan EndpointLatency { get; } = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Returns the rollout, the first cycle until two lifetimes have passed, three lifetimes of steady operation, and the outages. After each outage
    /// follows a lifetime in which the refresh times of the fleet spread again.
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
