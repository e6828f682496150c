using System.Net;
using JwtGrantClient.Simulations.Clients;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Users;

/// <summary>A server with metadata and a token endpoint that responds 503 until the end of the outage.</summary>
internal sealed class UserEndpointHandler(VirtualTime time, TimeSpan outage) : HttpMessageHandler
{
    private int _concurrent;

    public int TokenRequests { get; private set; }

    public int TokenRequestsInOutage { get; private set; }

    public int MetadataRequests { get; private set; }

    public int PeakConcurrent { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        PeakConcurrent = Math.Max(PeakConcurrent, ++_concurrent);
        try
        {
            var isMetadata = request.Method == HttpMethod.Get;
            var isOutage = time.Now < outage.Ticks;
            if (isMetadata)
                MetadataRequests++;
            else
                (TokenRequests, TokenRequestsInOutage) = (TokenRequests + 1, TokenRequestsInOutage + (isOutage ? 1 : 0));
            await Task.Delay(SimulationOptions.EndpointLatency, time, cancellationToken);
            if (isMetadata)
                return Responses.Metadata(request);
            return isOutage ? Responses.Failure(request, HttpStatusCode.ServiceUnavailable) : Responses.Token(request, "token", TimeSpan.FromHours(1));
        }
        finally
        {
            _concurrent--;
        }
    }
}
