using System.Net;
using System.Text;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>A token endpoint that takes its time, and answers 503 while it is out of order.</summary>
internal sealed class Server(Plan plan, VirtualTime time, Tally tally) : HttpMessageHandler
{
    private readonly Phase[] _outages = [.. plan.Phases().Where(phase => phase.IsOutage)];
    private int _issued;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        tally.Request(time.Now);
        var second = time.Now / TimeSpan.TicksPerSecond;
        await Task.Delay(Plan.EndpointLatency, time, cancellationToken);
        if (_outages.Any(outage => outage.From <= second && second < outage.To))
            return new(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
        var body = $$"""{"access_token":"token-{{++_issued}}","token_type":"Bearer","expires_in":{{(long)plan.Lifetime.TotalSeconds}}}""";
        return new(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
