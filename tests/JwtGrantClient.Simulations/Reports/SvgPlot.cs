using System.Globalization;
using System.Xml.Linq;
using JwtGrantClient.Simulations.Fleet;

namespace JwtGrantClient.Simulations.Reports;

/// <summary>
/// Plots token requests over time: the largest one-second count and the mean of each interval. The vertical axis has a square-root scale, so that the
/// rollout and the steady phase are both readable.
/// </summary>
internal sealed class SvgPlot
{
    private const int Left = 50, Top = 40, Width = 900, Height = 300, Intervals = 450;
    private const string PeakColour = "#9ecae1", MeanColour = "#08519c", OutageColour = "#fdd0c2", Grey = "#888888";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly int[] Marks = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

    private readonly SimulationOptions _options;
    private readonly int[] _requests;
    private readonly double _max;

    private SvgPlot(SimulationOptions options, int[] requests) => (_options, _requests, _max) = (options, requests, Math.Max(1, requests.Max()));

    public static string Write(SimulationOptions options, SimulationResult result) => new SvgPlot(options, result.Requests).Draw().ToString();

    private XElement Draw() => new(
        Svg + "svg", new XAttribute("width", Left + Width + 20), new XAttribute("height", Top + Height + 50),
        new XAttribute("font-family", "sans-serif"),
        new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")),
        Text(Left, 20, "start", "black", Title()),
        _options.Phases().Where(phase => phase.IsOutage).Select(Outage),
        Marks.Where(mark => mark <= _max).SelectMany(GridLine),
        LifetimeLabels(),
        Area(), Means(),
        Text(Left + Width, 20, "end", PeakColour, "largest one-second count"), Text(Left + Width, 34, "end", MeanColour, "mean"));

    private string Title()
    {
        var level = _options.Shared ? "with a shared token store" : "no shared token store";
        return Invariant($"Token requests per second: {_options.Pods} pods, tokens of {_options.Lifetime.TotalSeconds} s, {level}");
    }

    private XElement Area() => new(Svg + "polygon", new XAttribute("fill", PeakColour), new XAttribute("points",
        Invariant($"{Left},{Y(0):0.#} ") + Points(seconds => seconds.Max()) + Invariant($" {Left + Width},{Y(0):0.#}")));

    private XElement Means() => new(
        Svg + "polyline", new XAttribute("fill", "none"), new XAttribute("stroke", MeanColour), new XAttribute("stroke-width", 1.5),
        new XAttribute("points", Points(seconds => seconds.Average())));

    private XElement Outage(Phase phase) => new(
        Svg + "rect", new XAttribute("fill", OutageColour),
        new XAttribute("x", Invariant($"{X(phase.From):0.#}")), new XAttribute("y", Top),
        new XAttribute("width", Invariant($"{X(phase.To) - X(phase.From):0.#}")), new XAttribute("height", Height));

    private IEnumerable<XElement> GridLine(int mark) =>
    [
        new(Svg + "line", new XAttribute("stroke", "#dddddd"), new XAttribute("x1", Left), new XAttribute("x2", Left + Width),
            new XAttribute("y1", Invariant($"{Y(mark):0.#}")), new XAttribute("y2", Invariant($"{Y(mark):0.#}"))),
        Text(Left - 6, Y(mark) + 4, "end", Grey, Invariant($"{mark}")),
    ];

    private IEnumerable<XElement> LifetimeLabels()
    {
        for (var time = TimeSpan.Zero; time.TotalSeconds <= _requests.Length; time += _options.Lifetime)
            yield return Text(X(time.TotalSeconds), Top + Height + 18, "middle", Grey, Invariant($"{time / _options.Lifetime:0}"));
        yield return Text(Left + Width / 2, Top + Height + 40, "middle", Grey, "time in token lifetimes; red: the endpoint is down");
    }

    private string Points(Func<IEnumerable<int>, double> of)
    {
        var intervals = Math.Min(Intervals, _requests.Length);
        return string.Join(' ', Enumerable.Range(0, intervals).Select(i =>
        {
            var (from, to) = ((int)((long)i * _requests.Length / intervals), (int)((i + 1L) * _requests.Length / intervals));
            var value = of(new ArraySegment<int>(_requests, from, to - from));
            return Invariant($"{X((from + to) / 2.0):0.#},{Y(value):0.#}");
        }));
    }

    private double X(double second) => Left + Width * second / _requests.Length;

    private double Y(double requests) => Top + Height * (1 - Math.Sqrt(requests / _max));

    private static XElement Text(double x, double y, string anchor, string colour, string text) => new(
        Svg + "text", new XAttribute("x", Invariant($"{x:0.#}")), new XAttribute("y", Invariant($"{y:0.#}")),
        new XAttribute("font-size", 12),
        new XAttribute("text-anchor", anchor), new XAttribute("fill", colour), text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
