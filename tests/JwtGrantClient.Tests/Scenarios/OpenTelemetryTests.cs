using System.Diagnostics;
using System.Diagnostics.Metrics;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/opentelemetry.md: what OpenTelemetry collects of a client.</summary>
public sealed class OpenTelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_meter_counts_acquisitions_with_the_client_and_the_reason()
    {
        await using var provider = Build(new FakeTokenEndpoint(), out var metrics);

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);
        provider.GetRequiredService<MeterProvider>().ForceFlush();

        var acquisitions = metrics.Single(metric => metric.Name == "jwtgrantclient.acquisitions");
        Assert.Equal(("jwtgrantclient.acquisitions", "{acquisition}", MetricType.LongSum), (acquisitions.Name, acquisitions.Unit, acquisitions.MetricType));
        Assert.Equal([("client=reports, outcome=acquired, reason=first", 1)], Points(acquisitions));
    }

    [Fact]
    public async Task A_failed_acquisition_has_the_error_as_its_type()
    {
        var endpoint = new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant") };
        await using var provider = Build(endpoint, out var metrics);

        await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask());
        provider.GetRequiredService<MeterProvider>().ForceFlush();

        Assert.Equal(
            [("error.type=invalid_grant, client=reports, outcome=failed, reason=first", 1)],
            Points(metrics.Single(metric => metric.Name == "jwtgrantclient.acquisitions")));
    }

    [Fact]
    public async Task A_token_request_is_a_span_and_a_duration_of_dotnet_and_reveals_no_secret()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var (spans, metrics) = (new List<Activity>(), new List<Metric>());
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.TokenEndpoint = server.TokenEndpoint;
        });
        services.AddOpenTelemetry()
            .WithTracing(builder => builder.AddHttpClientInstrumentation().AddInMemoryExporter(spans))
            .WithMetrics(builder => builder.AddHttpClientInstrumentation().AddInMemoryExporter(metrics));
        await using var provider = services.BuildServiceProvider();
        var (tracers, meters) = (provider.GetRequiredService<TracerProvider>(), provider.GetRequiredService<MeterProvider>());

        using (new Activity("call").Start())
            await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);
        tracers.ForceFlush();
        meters.ForceFlush();

        // Other tests of this process send requests, too.
        var span = Assert.Single(spans, span => server.TokenEndpoint.Equals(span.GetTagItem("url.full")));
        Assert.Equal(("POST", 200, null), (span.DisplayName, span.GetTagItem("http.response.status_code"), span.ParentId));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains("eyJ", StringComparison.Ordinal));
        Assert.Contains(metrics, metric => metric.Name == "http.client.request.duration");
    }

    // Without the meters of other tests of this process, which have the same name.
    private static ServiceProvider Build(FakeTokenEndpoint endpoint, out List<Metric> metrics)
    {
        IMeterFactory? own = null;
        List<Metric> exported = [];
        var services = new ServiceCollection();
        services.AddTestClient("reports", endpoint);
        services.AddMetrics();
        services.AddOpenTelemetry().WithMetrics(builder => builder
            .AddMeter("JwtGrantClient")
            .AddView(instrument => instrument.Meter.Scope == own ? null : MetricStreamConfiguration.Drop)
            .AddInMemoryExporter(exported));
        var provider = services.BuildServiceProvider();
        own = provider.GetRequiredService<IMeterFactory>();
        _ = provider.GetRequiredService<MeterProvider>();
        metrics = exported;
        return provider;
    }

    private static List<(string Tags, long Sum)> Points(Metric metric)
    {
        List<(string Tags, long Sum)> points = [];
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            List<string> tags = [];
            foreach (var tag in point.Tags)
                tags.Add($"{tag.Key.Replace("jwtgrantclient.", "", StringComparison.Ordinal)}={tag.Value}");
            points.Add((string.Join(", ", tags), point.GetSumLong()));
        }
        return points;
    }
}
