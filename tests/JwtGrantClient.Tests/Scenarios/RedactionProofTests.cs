using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>Nothing that a process can listen to contains a part of a secret: logs at Trace, activities, metrics, event sources, diagnostic listeners and exceptions.</summary>
[Collection(nameof(RedactionProofTests))]
[CollectionDefinition(nameof(RedactionProofTests), DisableParallelization = true)]
public sealed class RedactionProofTests : IDisposable
{
    private const string Leak = "leak-Xq7Zt2Wm9Rk4";

    private readonly TelemetryCollector _collector = new();

    public static TheoryData<string> Scenarios => [.. SecretScenarios.All.Keys];

    public void Dispose() => _collector.Dispose();

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task No_text_that_a_process_can_listen_to_contains_a_part_of_a_secret(string scenario)
    {
        await using var environment = await SecretEnvironment.StartAsync(_collector);

        await SecretScenarios.All[scenario](environment);

        _collector.ReadMetrics();
        var search = new SecretSearch(environment.Secrets);
        var found = _collector.Texts.Select(text => (Place: text.Value, Text: text.Key, Part: search.Find(text.Key))).Where(text => text.Part is not null)
            .DistinctBy(text => (text.Place, text.Part)).Select(text => $"{text.Place}: {Around(text.Text, text.Part!)}").ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
        string[] kinds = scenario.StartsWith("keys", StringComparison.Ordinal) ? ["log"] : ["log", "activity", "metric", "event", "diagnostic"];
        Assert.All(kinds, kind => Assert.Contains(kind, _collector.Kinds));
    }

    [Fact]
    public async Task Headers_that_are_no_credentials_are_logged_so_the_values_of_the_others_were_masked()
    {
        await using var environment = await SecretEnvironment.StartAsync(_collector);

        await SecretScenarios.All["APIs that respond 401 and 403 and echo"](environment);

        Assert.Contains(_collector.Texts.Keys, text => text.Contains("X-Shown: shown-header", StringComparison.Ordinal));
        Assert.Contains(_collector.Texts.Keys, text => text.Contains("Authorization: *", StringComparison.Ordinal));
    }

    public static TheoryData<string> Leaks => [.. Leaking.Keys];

    private static Dictionary<string, Action<ILogger>> Leaking => new()
    {
        ["log message"] = logger => Write(logger, Leak),
        ["log scope"] = logger =>
        {
            using (logger.BeginScope(new Dictionary<string, object> { ["x"] = Leak }))
                Write(logger, "in a scope");
        },
        ["logged exception"] = logger => Write(logger, "failed", new InvalidOperationException("outer", new IOException(Leak))),
        ["percent-encoded"] = logger => Write(logger, Uri.EscapeDataString($"a b{Leak}")),
        ["base64"] = logger => Write(logger, Convert.ToBase64String(Encoding.UTF8.GetBytes(Leak))),
        ["inside of base64"] = logger => Write(logger, Convert.ToBase64String(Encoding.UTF8.GetBytes($"ab{Leak}"))),
        ["part"] = logger => Write(logger, Leak[3..(3 + SecretSearch.PartLength)]),
        ["activity tag"] = _ => WithActivity(activity => activity.SetTag("x", Leak)),
        ["activity event"] = _ => WithActivity(activity => activity.AddEvent(new("x", tags: new() { ["y"] = Leak }))),
        ["activity link"] = _ => WithActivity(activity => activity.AddLink(new(default, new() { ["y"] = Leak }))),
        ["activity baggage"] = _ => WithActivity(activity => activity.SetBaggage("x", Leak)),
        ["activity status"] = _ => WithActivity(activity => activity.SetStatus(ActivityStatusCode.Error, Leak)),
        ["tag of a metric"] = _ =>
        {
            using var meter = new Meter("test");
            meter.CreateCounter<long>("x").Add(1, new KeyValuePair<string, object?>("y", Leak));
        },
        ["event source"] = _ =>
        {
            using var source = new EventSource("Test-Events");
            source.Write("x", new { value = Leak });
        },
        ["diagnostic listener"] = _ =>
        {
            using var source = new DiagnosticListener("test");
            source.Write("x", new { value = Leak });
        },
    };

    /// <summary>Proves that the search above can fail: in each place and spelling.</summary>
    [Theory]
    [MemberData(nameof(Leaks))]
    public void A_secret_that_is_written_anywhere_is_found(string place)
    {
        using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(_collector.Logs));
        var search = new SecretSearch([Leak]);
        Assert.DoesNotContain(_collector.Texts.Keys, text => search.Find(text) is not null);

        Leaking[place](logging.CreateLogger("test"));

        Assert.Contains(_collector.Texts.Keys, text => search.Find(text) is not null);
    }

    [Fact]
    public async Task The_text_of_a_server_is_limited_and_without_control_characters_wherever_it_appears()
    {
        const int Limit = 512;
        await using var environment = await SecretEnvironment.StartAsync(_collector);
        var text = string.Concat(Enumerable.Repeat("zz\u202E\u001B[31m\r\nzzzzzzzzzzzzzzzzzzzzzzzzzz", 200));
        environment.Echo = _ => SecretEnvironment.Json(400, new { error = text, error_description = text, error_uri = text });
        await using var services = environment.Build(collection => collection.AddJwtGrantClient("jwt", options =>
        {
            TestClient.Configure(options);
            options.TokenEndpoint = $"{environment.EchoAddress}/token";
        }));

        await environment.TryAsync(() => services.GetRequiredKeyedService<ITokenSource>("jwt").GetTokenAsync(TestContext.Current.CancellationToken).AsTask());

        var shown = _collector.Texts.Where(entry => entry.Key.Contains("zzzz", StringComparison.Ordinal)).ToList();
        Assert.True(shown.Count > 0, string.Join('\n', _collector.Texts.Where(entry => entry.Value == "exception").Select(entry => entry.Key)));
        Assert.All(shown, entry => Assert.DoesNotContain(entry.Key, c => c is '\u202E' or '\u001B' or '\r'));
        // A tag has one text of the server; a message has the error, its description and its URI.
        Assert.All(shown, entry => Assert.InRange(entry.Key.Count(c => c == 'z'), 0, entry.Value.StartsWith("activity", StringComparison.Ordinal) ? Limit : 4 * Limit));
        Assert.All(shown.Where(entry => entry.Value.StartsWith("metric", StringComparison.Ordinal)), entry => Assert.Fail($"{entry.Value} has a text of the server."));
    }

    private static string Around(string text, string part)
    {
        var start = Math.Max(0, text.IndexOf(part, StringComparison.OrdinalIgnoreCase) - 60);
        return text[start..Math.Min(text.Length, start + 140)];
    }

    private static void Write(ILogger logger, string text, Exception? exception = null) =>
        logger.Log(LogLevel.Trace, default, text, exception, (state, _) => state);

    private static void WithActivity(Action<Activity> use)
    {
        using var source = new ActivitySource("test");
        using var activity = source.StartActivity("x");
        use(activity!);
    }
}
