using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>The fleet over the whole time (open first): every call of every pod is made, and between the calls what is due then is done.</summary>
internal sealed class Simulation
{
    private readonly VirtualTime _time;
    private readonly Pod[] _pods;
    private readonly long _end;
    private long _second;
    private int _next;

    private Simulation(PodFactory factory, VirtualTime time, int seconds)
    {
        _time = time;
        _end = seconds;
        // In the order in which they call within a second.
        _pods = [.. factory.Pods().OrderBy(pod => pod.Offset)];
    }

    public static async Task<Tally> RunAsync(Plan plan)
    {
        var seconds = plan.Phases()[^1].To;
        var time = new VirtualTime();
        var tally = new Tally(seconds, plan.Pods);
        using var factory = new PodFactory(plan, time, tally);
        var simulation = new Simulation(factory, time, seconds);
        await Course.RunAsync(simulation.TryGoOn);
        return tally;
    }

    // Makes calls up to the next moment at which something else is due, and does that.
    private bool TryGoOn()
    {
        var moment = _time.NextMoment;
        while (_second < _end)
        {
            var pod = _pods[_next];
            var call = _second * TimeSpan.TicksPerSecond + pod.Offset;
            if (moment <= call)
            {
                _time.DoNext();
                return true;
            }
            if (++_next == _pods.Length)
                (_second, _next) = (_second + 1, 0);
            if (pod.FirstSecond > call / TimeSpan.TicksPerSecond)
                continue;
            _time.AdvanceTo(call);
            pod.Call();
            moment = _time.NextMoment;
        }
        return false;
    }
}
