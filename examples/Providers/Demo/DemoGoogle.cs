using System.Text.Json.Nodes;
using System.Web;

namespace Providers.Demo;

/// <summary>The token endpoint of Google for service accounts, and Cloud Storage. Google accepts assertions of one hour, without sub and jti.</summary>
internal sealed class DemoGoogle() : DemoProvider(new()
{
    Issuer = "https://oauth2.googleapis.com",
    MaxAssertionLifetime = TimeSpan.FromHours(1),
    Leniency = new() { AllowMissingSub = true, AllowMissingJti = true },
})
{
    private const string Account = "batch@project.iam.gserviceaccount.com", Scope = "https://www.googleapis.com/auth/devstorage.read_only";

    public override bool HasHost(string host) => host.EndsWith(".googleapis.com", StringComparison.Ordinal);

    public override void Register(string folder)
    {
        Server.TrustIssuer(new() { Issuer = Account, PublicKeyPem = Key.PublicKeyPem });
        File.WriteAllText(Path.Combine(folder, "sa.json"), new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = "project",
            ["private_key_id"] = "g-1",
            ["private_key"] = Key.PrivateKeyPem,
            ["client_email"] = Account,
            ["client_id"] = "1234567890",
            ["token_uri"] = "https://oauth2.googleapis.com/token",
        }.ToJsonString());
    }

    public override async Task<HttpResponseMessage> RespondAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsoluteUri != "https://oauth2.googleapis.com/token")
            return Protect(request, Scope, new() { ["kind"] = "storage#objects" });

        // At Google the scope is a claim of the assertion.
        var form = HttpUtility.ParseQueryString(await request.Content!.ReadAsStringAsync(cancellationToken));
        var scope = (string?)Key.Verify(form["assertion"])?["scope"];
        return await IssueAsync(request, cancellationToken, token => token["access_token"] = Server.IssueAccessToken(Account, scope));
    }
}
