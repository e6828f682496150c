using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers.Emulators;

/// <summary>
/// The Security Token Service and IAM generateAccessToken, emulated from https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token and
/// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken. They know one provider of a workload identity
/// pool, whose principal may act as one service account. The signature of the token of the platform is not verified.
/// </summary>
internal static class GoogleSecurityTokenService
{
    public const string Provider = "projects/123456789/locations/global/workloadIdentityPools/clusters/providers/prod", Account = GoogleTokenEndpoint.Email;
    public const string Url = "https://sts.googleapis.com/v1/token", GenerateUrl = $"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{Account}:generateAccessToken";

    private const string Federated = "federated-1";

    /// <param name="clock">The clock of Google.</param>
    public static ProviderEmulator Create(TimeProvider clock) => new(server: null, [.. RulesOfSts(clock).Select(AtSts), .. RulesOfIam().Select(AtIam)])
    {
        Respond = request => request.Url == Url
            ? new(200, $$"""{"access_token":"{{Federated}}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}""")
            : new(200, $$"""{"accessToken":"ya29.account","expireTime":"{{clock.GetUtcNow().AddSeconds(Lifetime(request)!.Value).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}}.123456789Z"}"""),
    };

    /// <summary>Returns a token of the platform that is valid for one hour.</summary>
    public static string CreateSubjectToken(DateTimeOffset issuedAt, string audience = $"https://iam.googleapis.com/{Provider}") => Jwt.CreateFake(
        $$"""{"iss":"https://issuer.example.com","sub":"batch","aud":"{{audience}}","iat":{{issuedAt.ToUnixTimeSeconds()}},"exp":{{issuedAt.AddHours(1).ToUnixTimeSeconds()}}}""");

    /// <summary>Returns the file that gcloud writes for a token file.</summary>
    /// <param name="tokenFile">The path of the token.</param>
    /// <param name="impersonates">Whether the tokens are those of the service account.</param>
    public static string ExternalAccount(string tokenFile, bool impersonates = true)
    {
        var account = JsonSerializer.SerializeToNode(new
        {
            type = "external_account",
            audience = $"//iam.googleapis.com/{Provider}",
            subject_token_type = "urn:ietf:params:oauth:token-type:jwt",
            token_url = Url,
            credential_source = new { file = tokenFile },
        })!.AsObject();
        if (impersonates)
        {
            account["service_account_impersonation_url"] = GenerateUrl;
            account["service_account_impersonation"] = new JsonObject { ["token_lifetime_seconds"] = 1800 };
        }
        return account.ToJsonString();
    }

    private static IEnumerable<EmulatedRule> RulesOfSts(TimeProvider clock) =>
    [
        new("no Authorization header", request => request.Authorization is not null, EmulatedResponse.OAuth("invalid_request", "Authorization header")),
        new("grant type, token type and scope", request => (request.Form["grant_type"], request.Form["requested_token_type"]) != ("urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:token-type:access_token") || request.Form["scope"] is null,
            EmulatedResponse.OAuth("invalid_request", "A required parameter is missing")),
        new("the subject token type", request => request.Form["subject_token_type"] != "urn:ietf:params:oauth:token-type:jwt", EmulatedResponse.OAuth("invalid_request", "Invalid value for \"subject_token_type\"")),
        new("the provider exists", request => request.Form["audience"] != $"//iam.googleapis.com/{Provider}",
            EmulatedResponse.OAuth("invalid_target", "The target service indicated by the \"audience\" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist.")),
        new("the token is for the provider", request => SubjectToken(request)["aud"] != $"https://iam.googleapis.com/{Provider}", EmulatedResponse.OAuth("invalid_grant", "The audience in ID Token does not match the expected audience.")),
        new("the token is valid now", request => !SubjectToken(request).IsValidAt(clock.GetUtcNow(), from: "iat"), EmulatedResponse.OAuth("invalid_grant", "ID Token is stale to sign-in.")),
    ];

    private static IEnumerable<EmulatedRule> RulesOfIam() =>
    [
        new("the URL", request => !request.Url.EndsWith(":generateAccessToken", StringComparison.Ordinal), new(404, "Not found")),
        new("the federated token", request => request.Authorization != $"Bearer {Federated}", EmulatedResponse.Google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")),
        new("the service account", request => request.Url != GenerateUrl,
            EmulatedResponse.Google(403, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).")),
        new("scope is an array and lifetime a duration of at most 1 h", request => request.Json!["scope"] is not JsonArray { Count: > 0 } || Lifetime(request) is not (> 0 and <= 3600),
            EmulatedResponse.Google(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")),
    ];

    private static EmulatedRule AtSts(EmulatedRule rule) => rule with { IsBroken = request => request.Url == Url && rule.IsBroken(request) };

    private static EmulatedRule AtIam(EmulatedRule rule) => rule with { IsBroken = request => request.Url != Url && rule.IsBroken(request) };

    private static Jwt SubjectToken(EmulatedRequest request) => Jwt.Parse(request.Form["subject_token"]!);

    private static int? Lifetime(EmulatedRequest request) =>
        request.Json!["lifetime"]?.ToString() is [.. var seconds, 's'] && int.TryParse(seconds, CultureInfo.InvariantCulture, out var value) ? value : null;
}
