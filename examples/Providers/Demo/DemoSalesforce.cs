using System.Text.Json.Nodes;

namespace Providers.Demo;

/// <summary>
/// An org of Salesforce. The audience is the login host and not the host of the token endpoint; the response has the address of the API and no lifetime.
/// </summary>
internal sealed class DemoSalesforce() : DemoProvider(new()
{
    Issuer = "https://login.salesforce.com",
    MaxAssertionLifetime = TimeSpan.FromMinutes(3),
    Leniency = new() { AllowMissingJti = true },
})
{
    private const string ConsumerKey = "3MVG9CONSUMERKEY", User = "integration@contoso.com", Instance = "https://contoso.my.salesforce.com";

    public override bool HasHost(string host) => host == "contoso.my.salesforce.com";

    public override void Register(string folder)
    {
        Server.RegisterClient(new() { Id = ConsumerKey, PublicKeyPem = Key.PublicKeyPem, AllowedSubjects = [User] });
        File.WriteAllText(Path.Combine(folder, "keys", "salesforce.pem"), Key.PrivateKeyPem);
    }

    public override async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath == "/services/oauth2/token")
            return await IssueAsync(request, cancellationToken, Edit);

        var check = Server.CheckAccessToken(request.Headers.Authorization?.ToString());
        return check is { IsValid: true, Subject: User }
            ? Accepted(new() { ["DailyApiRequests"] = new JsonObject { ["Max"] = 15000, ["Remaining"] = 14998 } })
            : Json(System.Net.HttpStatusCode.Unauthorized, new() { ["errorCode"] = "INVALID_SESSION_ID", ["message"] = check.WwwAuthenticate });
    }

    private static void Edit(JsonObject token)
    {
        token.Remove("expires_in");
        token["instance_url"] = Instance;
        token["id"] = "https://login.salesforce.com/id/00D000000000001/005000000000001";
    }
}
