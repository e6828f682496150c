using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Providers.Demo;

/// <summary>The API of GitHub: an app requests the token of an installation with its JWT, and calls the API with that token.</summary>
internal sealed class DemoGitHub : DemoProvider
{
    private const string App = "Iv23liABCDEFGHIJKLMN";

    private readonly string _token = $"ghs_{RandomNumberGenerator.GetHexString(36)}";

    public override bool HasHost(string host) => host == "api.github.com";

    public override void Register(string folder) => File.WriteAllText(Path.Combine(folder, "keys", "github.pem"), Key.RsaPrivateKeyPem);

    public override Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var credential = request.Headers.Authorization is { Scheme: "Bearer", Parameter: { } parameter } ? parameter : "";
        return Task.FromResult(
            request.Headers.UserAgent.Count == 0 ? Refuse(HttpStatusCode.Forbidden, "Please make sure your request has a User-Agent header.")
            : request.Method == HttpMethod.Post ? Issue(request.RequestUri!.AbsolutePath, credential)
            : credential == _token ? Accepted(new() { ["total_count"] = 1, ["repositories"] = new JsonArray("contoso/docs") })
            : Refuse(HttpStatusCode.Unauthorized, "Bad credentials"));
    }

    // GitHub accepts a JWT for at most 10 minutes from now.
    private HttpResponseMessage Issue(string path, string jwt)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Key.Verify(jwt) is not { } claims ? Refuse(HttpStatusCode.Unauthorized, "A JSON web token could not be decoded")
            : (string?)claims["iss"] != App || path != "/app/installations/1234567/access_tokens" ? Refuse(HttpStatusCode.NotFound, "Not Found")
            : (long?)claims["exp"] > now.AddMinutes(10).ToUnixTimeSeconds() ? Refuse(HttpStatusCode.Unauthorized, "'Expiration time' claim ('exp') is too far in the future")
            : (long?)claims["iat"] > now.ToUnixTimeSeconds() ? Refuse(HttpStatusCode.Unauthorized, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
            : Issued(
                new() { ["token"] = _token, ["expires_at"] = now.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) },
                HttpStatusCode.Created);
    }

    private static HttpResponseMessage Refuse(HttpStatusCode status, string message) => Json(status, new() { ["message"] = message });
}
