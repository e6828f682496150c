using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Observability;

/// <summary>An instance of the application, with a container of its own, and what it reports.</summary>
internal sealed class Instance : IDisposable
{
    private readonly IHost _host;

    public Instance(DemoServers servers, string name, Fault? fault)
    {
        Name = name;
        _host = DemoClients.Build(servers, name, fault, exports: false);
        Signals = new(_host.Services.GetRequiredService<IMeterFactory>());
        _host.Services.GetRequiredService<ILoggerFactory>().AddProvider(Signals);
        Traffic = new(_host.Services);
    }

    public string Name { get; }

    public Signals Signals { get; }

    public Traffic Traffic { get; }

    public void Dispose()
    {
        _host.Dispose();
        Signals.Dispose();
    }
}
