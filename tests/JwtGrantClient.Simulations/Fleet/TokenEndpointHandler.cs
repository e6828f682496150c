using System.Net;
using JwtGrantClient.Simulations.Clients;
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
            return Responses.Failure(request, HttpStatusCode.ServiceUnavailable);
        return Responses.Token(request, $"token-{++_issued}", options.Lifetime);
    }
}
