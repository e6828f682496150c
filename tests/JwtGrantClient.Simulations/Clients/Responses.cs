using System.Net;
using System.Text;

namespace JwtGrantClient.Simulations.Clients;

/// <summary>The responses of a simulated authorization server.</summary>
internal static class Responses
{
    public static HttpResponseMessage Metadata(HttpRequestMessage request) =>
        Json(request, $$"""{"issuer":"{{SimulatedClient.Issuer}}","token_endpoint":"{{SimulatedClient.Issuer}}/token"}""");

    public static HttpResponseMessage Token(HttpRequestMessage request, string token, TimeSpan lifetime) =>
        Json(request, $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":{{(long)lifetime.TotalSeconds}}}""");

    public static HttpResponseMessage Failure(HttpRequestMessage request, HttpStatusCode status, TimeSpan? retryAfter = null)
    {
        var response = new HttpResponseMessage(status) { RequestMessage = request };
        if (retryAfter is { } wait)
            response.Headers.RetryAfter = new(wait);
        return response;
    }

    private static HttpResponseMessage Json(HttpRequestMessage request, string body) =>
        new(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
