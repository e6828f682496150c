using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>Runs the fleet (open first): the calls of the pods in order of time, and the timers and the work that are due between them.</summary>
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

    public static async Task<SimulationResult> RunAsync(SimulationOptions options)
    {
        var seconds = options.Phases()[^1].To;
        var time = new VirtualTime();
        var result = new SimulationResult(seconds, options.Pods);
        using var factory = new PodFactory(options, time, result);
        var simulation = new Simulation(factory.Pods(), time, options.EveryCall, seconds * TimeSpan.TicksPerSecond);
        await EventLoop.RunAsync(simulation.TryRunNext);
        return result;
    }

    private bool TryRunNext()
    {
        var pod = _calls.Peek();
        if (Math.Min(_time.NextTime, pod.NextCall) >= _end)
            return false;
        if (_time.NextTime <= pod.NextCall)
        {
            _time.RunNext();
            return true;
        }
        _time.AdvanceTo(pod.NextCall);
        pod.Call(_everyCall);
        _calls.DequeueEnqueue(pod, (pod.NextCall, pod.Number));
        return true;
    }
}
