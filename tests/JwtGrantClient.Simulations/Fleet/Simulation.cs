using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>The fleet over the whole time (open first): the pods' calls in their order, and between the calls what is due then.</summary>
internal sealed class Simulation
{
    private readonly VirtualTime _time;
    private readonly PriorityQueue<Pod, (long At, int Number)> _calls = new();
    private readonly bool _everyCall;
    private readonly long _end;

    private Simulation(IEnumerable<Pod> pods, VirtualTime time, bool everyCall, long end)
    {
        (_time, _everyCall, _end) = (time, everyCall, end);
        foreach (var pod in pods)
            _calls.Enqueue(pod, (pod.NextCall, pod.Number));
    }

    public static async Task<Tally> RunAsync(Plan plan)
    {
        var seconds = plan.Phases()[^1].To;
        var time = new VirtualTime();
        var tally = new Tally(seconds, plan.Pods);
        using var factory = new PodFactory(plan, time, tally);
        var simulation = new Simulation(factory.Pods(), time, plan.EveryCall, seconds * TimeSpan.TicksPerSecond);
        await Course.RunAsync(simulation.TryGoOn);
        return tally;
    }

    private bool TryGoOn()
    {
        var pod = _calls.Peek();
        if (Math.Min(_time.NextMoment, pod.NextCall) >= _end)
            return false;
        if (_time.NextMoment <= pod.NextCall)
        {
            _time.DoNext();
            return true;
        }
        _time.AdvanceTo(pod.NextCall);
        pod.Call(_everyCall);
        _calls.DequeueEnqueue(pod, (pod.NextCall, pod.Number));
        return true;
    }
}
