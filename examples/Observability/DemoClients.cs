using JwtGrantClient;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Observability;

/// <summary>The clients of one instance of the application: "reports" for the application itself, with a shared token store, and "users" with a token for each user.</summary>
internal static class DemoClients
{
    /// <param name="servers">What the instances share.</param>
    /// <param name="instance">The name of the instance: its <c>service.instance.id</c>.</param>
    /// <param name="fault">The fault of this instance; null for none.</param>
    /// <param name="exports">Whether OpenTelemetry exports what it reports.</param>
    public static IHost Build(DemoServers servers, string instance, Fault? fault, bool exports)
    {
        var keyFile = servers.WriteKeyFile(instance, fault?.HasExpiredCertificate == true);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        var services = builder.Services;
        services.AddSingleton(servers);
        if (fault is not null && fault.ClockOffset != TimeSpan.Zero)
            services.AddSingleton<TimeProvider>(new WrongClock(fault.ClockOffset));

        services.AddSingleton<IDistributedCache>(servers.Store);
        services.AddSingleton(servers.DataProtection);                          // for the demo only: no other process can read the tokens
        services.AddJwtGrantClient("reports", options =>
        {
            Configure(options, servers, keyFile);
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        }).UseDistributedCache();
        services.AddJwtGrantClient("users", options =>
        {
            Configure(options, servers, keyFile);
            options.Cache.MaxEntries = 100;
        });
        services.AddHttpClient("reports", http => http.BaseAddress = new Uri(servers.Address)).AddJwtGrantToken("reports");

        if (exports)
            AddOpenTelemetry(builder, instance);
        return builder.Build();
    }

    /// <summary>What an application needs. It exports to the console in place of a back end.</summary>
    private static void AddOpenTelemetry(HostApplicationBuilder builder, string instance)
    {
        var hasOtlp = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
        void Describe(ResourceBuilder resource) => resource.AddService("observability", serviceInstanceId: instance);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("JwtGrantClient").AddConsoleExporter((_, reader) => reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 1_000);
                if (hasOtlp)
                    metrics.AddOtlpExporter();
            })
            .WithTracing(traces =>
            {
                traces.AddSource("JwtGrantClient").AddHttpClientInstrumentation().AddConsoleExporter();
                if (hasOtlp)
                    traces.AddOtlpExporter();
            });
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.AddConsoleExporter();
            if (hasOtlp)
                logs.AddOtlpExporter();
        });
    }

    private static void Configure(JwtGrantOptions options, DemoServers servers, string keyFile)
    {
        options.Issuer = servers.Address;
        options.ClientId = "observability";
        options.SigningKey.Path = keyFile;
        options.AllowLoopbackHttp = true;                                       // for the demo servers only
        // Shorter than the defaults, so that a fault shows at once.
        options.Retry.MaxRetryAttempts = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(50);
        options.Retry.AttemptTimeout = TimeSpan.FromSeconds(3);
        options.Refresh.InvalidationInterval = TimeSpan.Zero;
    }

    private sealed class WrongClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
