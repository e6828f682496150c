using System.Net;
using System.Text.Json.Nodes;
using System.Web;

namespace Providers.Demo;

/// <summary>
/// A tenant of Microsoft Entra ID with Microsoft Graph and a key vault. One application has a certificate, the other one a federated credential: the tokens
/// of a service account of a Kubernetes cluster.
/// </summary>
internal sealed class DemoEntra() : DemoProvider(new()
{
    Issuer = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0",
    Leniency = new() { AllowTokenEndpointAudience = true },
})
{
    private const string TokenEndpoint = "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token";
    private const string App = "6731de76-14a6-49ae-97bc-6eba6914391e", Workload = "d2b1f6a3-3b0e-4c56-9d5e-2f9a3c1b7e10";
    private const string Cluster = "https://westeurope.oic.prod-aks.azure.com/contoso/orders/", ServiceAccount = "system:serviceaccount:shop:orders";

    private readonly DemoKey _cluster = new();

    public override int ExpectedTokens => 2;

    public override bool HasHost(string host) => host is "login.microsoftonline.com" or "graph.microsoft.com" or "contoso.vault.azure.net";

    public override void Register(string folder)
    {
        Server.RegisterClient(new() { Id = App, PublicKeyPem = Key.PublicKeyPem });
        File.WriteAllText(Path.Combine(folder, "keys", "app.pem"), Key.CertificateAndKeyPem);
        var now = TimeProvider.System.GetUtcNow();
        File.WriteAllText(Path.Combine(folder, "azure-identity-token"), _cluster.Sign(new()
        {
            ["iss"] = Cluster,
            ["sub"] = ServiceAccount,
            ["aud"] = new JsonArray("api://AzureADTokenExchange"),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        }));
    }

    public override async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Host == "graph.microsoft.com")
            return Protect(request, "https://graph.microsoft.com/.default", new() { ["value"] = new JsonArray("Contoso") });
        if (request.RequestUri.Host == "contoso.vault.azure.net")
            return Protect(request, "https://vault.azure.net/.default", new() { ["id"] = "https://contoso.vault.azure.net/secrets/database" });
        if (request.RequestUri.AbsoluteUri != TokenEndpoint)
            return Refuse("AADSTS90002: Tenant not found.");
        var form = HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
        return form["client_id"] == Workload
            ? IssueForFederatedCredential(form["grant_type"], form["client_assertion"], form["scope"])
            : await IssueAsync(request, cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        _cluster.Dispose();
        return base.DisposeAsync();
    }

    // The assertion is the token of the cluster. The strict server expects assertions that the client itself signs.
    private HttpResponseMessage IssueForFederatedCredential(string? grant, string? assertion, string? scope) =>
        grant != "client_credentials" ? Refuse("AADSTS70003: The app requested an unsupported grant type.")
        : _cluster.Verify(assertion) is not { } claims ? Refuse("AADSTS700024: Client assertion is not within its valid time range, or its signature is not valid.")
        : (string?)claims["iss"] != Cluster || (string?)claims["sub"] != ServiceAccount ? Refuse("AADSTS700213: No matching federated identity record found for presented assertion subject.")
        : (string?)claims["aud"]?[0] != "api://AzureADTokenExchange" ? Refuse("AADSTS700212: No matching federated identity record found for presented assertion audience.")
        : Issued(new() { ["token_type"] = "Bearer", ["expires_in"] = 300, ["access_token"] = Server.IssueAccessToken(Workload, scope) });

    private static HttpResponseMessage Refuse(string description) =>
        Json(HttpStatusCode.Unauthorized, new() { ["error"] = "invalid_client", ["error_description"] = description });
}
