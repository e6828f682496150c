using System.Net;
using System.Text;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>A token endpoint with latency, which responds 503 during an outage.</summary>
internal sealed class TokenEndpointHandler(SimulationOptions options, VirtualTime time, SimulationResult result) : HttpMessageHandler
{
    private readonly Phase[] _outages = [.. options.Phases().Where(phase => phase.IsOutage)];
    private int _issued;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        result.AddRequest(time.Now);
        var second = time.Now / TimeSpan.TicksPerSecond;
        await Task.Delay(SimulationOptions.EndpointLatency, time, cancellationToken);
        if (_outages.Any(outage => outage.From <= second && second < outage.To))
            return new(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
        var body = $$"""{"access_token":"token-{{++_issued}}","token_type":"Bearer","expires_in":{{(long)options.Lifetime.TotalSeconds}}}""";
        return new(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
