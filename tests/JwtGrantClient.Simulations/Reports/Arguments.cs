using System.Globalization;
using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>The command line.</summary>
/// <param name="Plan">What to simulate.</param>
/// <param name="Plot">Where the picture goes.</param>
internal sealed record Arguments(Plan Plan, string Plot)
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/JwtGrantClient.Simulations -- [options]
          --pods N            pods in the fleet, 1 to 100000 (10000)
          --lifetime TIME     life of a token, 1 s to 1 day (3600)
          --rollout TIME      within which the pods start, 0 s to a lifetime (60)
          --seed N            of every draw; the same seed gives the same run (1)
          --outage TIME       the token endpoint is out of order for so long, three times, 0 s to 1 day (0: never)
          --shared            the pods have a second level in common
          --every-call        make also the calls that change nothing: the same numbers, a hundred times slower
          --plot FILE         where the picture of requests over time goes (artifacts/simulation.svg)
        TIME is in seconds, or hh:mm:ss.
        """;

    /// <exception cref="FormatException">Says what is wrong with the command line.</exception>
    public static Arguments Parse(string[] args)
    {
        var read = new Arguments(new(), Path.Combine("artifacts", "simulation.svg"));
        for (var i = 0; i < args.Length; i++)
            read = args[i] switch
            {
                "--shared" => read with { Plan = read.Plan with { Shared = true } },
                "--every-call" => read with { Plan = read.Plan with { EveryCall = true } },
                "--pods" or "--lifetime" or "--rollout" or "--seed" or "--outage" or "--plot" when i + 1 == args.Length =>
                    throw new FormatException($"{args[i]} needs a value."),
                "--pods" or "--lifetime" or "--rollout" or "--seed" or "--outage" or "--plot" =>
                    read.With(args[i], args[++i]) ?? throw new FormatException($"'{args[i]}' is no value for {args[i - 1]}."),
                _ => throw new FormatException($"There is no option '{args[i]}'."),
            };
        return read.Plan.Rollout <= read.Plan.Lifetime ? read : throw new FormatException("--rollout is longer than --lifetime.");
    }

    private Arguments? With(string option, string value) => option switch
    {
        "--pods" when Number(value) is >= 1 and <= 100_000 and var pods => this with { Plan = Plan with { Pods = pods } },
        "--seed" when Number(value) is { } seed => this with { Plan = Plan with { Seed = seed } },
        "--lifetime" when Time(value, 1) is { } lifetime => this with { Plan = Plan with { Lifetime = lifetime } },
        "--rollout" when Time(value, 0) is { } rollout => this with { Plan = Plan with { Rollout = rollout } },
        "--outage" when Time(value, 0) is { } outage => this with { Plan = Plan with { Outage = outage } },
        "--plot" when value.Length > 0 => this with { Plot = value },
        _ => null,
    };

    private static int? Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A bare number is seconds; TimeSpan would take it for days.
    private static TimeSpan? Time(string value, int leastSeconds)
    {
        var time = Number(value) is { } seconds ? TimeSpan.FromSeconds(seconds)
            : value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var span) ? span
            : TimeSpan.MinValue;
        return time >= TimeSpan.FromSeconds(leastSeconds) && time <= TimeSpan.FromDays(1) ? time : null;
    }
}
