using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Providers.Demo;

/// <summary>The token endpoint of Anthropic for workload identity federation, and the Claude API. The token of the platform can be exchanged once.</summary>
internal sealed class DemoAnthropic : DemoProvider
{
    private const string Cluster = "https://kubernetes.example.com", Organization = "1f0c2c52-8c2a-4b58-9d0b-2a5a5a1c0e11";

    private readonly string _token = $"sk-ant-oat01-{RandomNumberGenerator.GetHexString(32)}";

    public override bool HasHost(string host) => host == "api.anthropic.com";

    public override void Register(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        File.WriteAllText(Path.Combine(folder, "anthropic-token"), Key.Sign(new()
        {
            ["iss"] = Cluster,
            ["sub"] = "system:serviceaccount:shop:orders",
            ["aud"] = "https://api.anthropic.com",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
            ["jti"] = "1",
        }));
    }

    public override async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Headers.TryGetValues("anthropic-beta", out var beta) || !beta.Single().Contains("oauth-2025-04-20", StringComparison.Ordinal))
            return Refuse(HttpStatusCode.Unauthorized, "authentication_error", "OAuth authentication is currently not supported.");
        if (request.RequestUri!.AbsolutePath == "/v1/oauth/token")
            return Issue(JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject());
        return request.Headers.Authorization?.Parameter == _token
            ? Accepted(new() { ["data"] = new JsonArray(new JsonObject { ["type"] = "model", ["id"] = "claude-opus" }) })
            : Refuse(HttpStatusCode.Unauthorized, "authentication_error", "Invalid bearer token");
    }

    private HttpResponseMessage Issue(JsonObject body) =>
        (string?)body["federation_rule_id"] != "fdrl_01ABCDEF" || (string?)body["organization_id"] != Organization || (string?)body["service_account_id"] != "svac_01ABCDEF"
            || Tokens > 0 || (string?)Key.Verify((string?)body["assertion"])?["iss"] != Cluster
            ? Refuse(HttpStatusCode.Forbidden, "permission_error", "The token was denied")
            : Issued(new() { ["access_token"] = _token, ["token_type"] = "Bearer", ["expires_in"] = 3600 });

    private static HttpResponseMessage Refuse(HttpStatusCode status, string type, string message) =>
        Json(status, new() { ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = message } });
}
