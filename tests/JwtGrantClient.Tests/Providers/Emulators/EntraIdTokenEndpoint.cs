using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers.Emulators;

/// <summary>
/// The token endpoint of Microsoft Entra ID, emulated from https://learn.microsoft.com/entra/identity-platform/certificate-credentials, the pages of the flows and
/// the list of AADSTS codes. Its tenant has one application, with a certificate and a federated credential.
/// </summary>
internal sealed class EntraIdTokenEndpoint : IAsyncDisposable
{
    public const string Tenant = "6f1d0d45-0000-4000-8000-7f0f3a1d0c11", App = "6731de76-14a6-49ae-97bc-6eba6914391e";
    public const string Url = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0/token";
    public const string PlatformIssuer = "https://oidc.prod-aks.azure.com/1", PlatformSubject = "system:serviceaccount:batch:worker", PlatformAudience = "api://AzureADTokenExchange";

    private readonly TimeProvider _clock;
    private readonly X509Certificate2 _certificate;
    private readonly RSA _key;
    private readonly StrictAuthorizationServer _server;

    /// <param name="clock">The clock of the service.</param>
    /// <param name="certificate">The certificate of the application.</param>
    public EntraIdTokenEndpoint(TimeProvider clock, X509Certificate2 certificate)
    {
        (_clock, _certificate, _key) = (clock, certificate, certificate.GetRSAPublicKey()!);
        // MSAL.NET writes exp and nbf as strings, and valid for 10 min. The documentation restricts exp to no maximum.
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0", TimeProvider = clock,
            Leniency = new() { AllowTokenEndpointAudience = true, AllowStringDates = true, AllowLongLifetime = true },
        });
        _server.RegisterClient(new() { Id = App, PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem() });
        ClientCredentials = new(_server, [.. CommonRules("client_credentials"), .. CertificateRules(), .. ScopeRules()])
        {
            Refuse = refusal => new(401, Refusal(700027, $"Client assertion failed signature validation. [{refusal.Rule}]").Body),
            EditResponse = (token, _) => token["ext_expires_in"] = 3599,
        };
        Federated = new(server: null, [.. CommonRules("client_credentials"), .. FederationRules(), .. ScopeRules()]) { Respond = Respond };
        OnBehalfOf = new(server: null, [.. CommonRules("urn:ietf:params:oauth:grant-type:jwt-bearer"), .. CertificateRules(), .. UserRules()]) { Respond = Respond };
    }

    /// <summary>Client credentials with the certificate.</summary>
    public ProviderEmulator ClientCredentials { get; }

    /// <summary>Client credentials with a token of another platform, whose signature is not verified.</summary>
    public ProviderEmulator Federated { get; }

    /// <summary>The on-behalf-of flow, with the certificate. The signature of the token of the user is not verified.</summary>
    public ProviderEmulator OnBehalfOf { get; }

    /// <summary>Returns a token of the platform that the federated credential is for.</summary>
    public static string CreatePlatformToken(DateTimeOffset expiresAt, string issuer = PlatformIssuer, string subject = PlatformSubject, string audience = PlatformAudience) =>
        Jwt.CreateFake($$"""{"iss":"{{issuer}}","sub":"{{subject}}","aud":"{{audience}}","nbf":{{expiresAt.AddHours(-1).ToUnixTimeSeconds()}},"exp":{{expiresAt.ToUnixTimeSeconds()}}}""");

    /// <summary>Returns a token of a user for an application. The user of the audience "mfa" must sign in again.</summary>
    public static string CreateUserToken(DateTimeOffset expiresAt, string audience = App) =>
        Jwt.CreateFake($$"""{"sub":"user-1","aud":"{{audience}}","exp":{{expiresAt.ToUnixTimeSeconds()}}}""");

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>A refusal. Its description has line breaks, as the service sends it.</summary>
    public static EmulatedResponse Refusal(int code, string text, string error = "invalid_client", int status = 401) => new(status, new JsonObject
    {
        ["error"] = error,
        ["error_description"] = $"AADSTS{code}: {text} Trace ID: 0b1f0f3a-0000-4000-8000-000000000000\r\nCorrelation ID: 0b1f0f3a-0000-4000-8000-000000000001\r\nTimestamp: 2026-11-23 09:00:00Z",
        ["error_codes"] = new JsonArray(code),
    }.ToJsonString());

    private static IEnumerable<EmulatedRule> CommonRules(string grantType) =>
    [
        new("the tenant exists", request => request.Url != Url, Refusal(90002, "Tenant 'x' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", "invalid_request", 400)),
        new("grant_type", request => request.Form["grant_type"] != grantType, Refusal(70003, "The app requested an unsupported grant type.", "unsupported_grant_type", 400)),
        new("a client assertion", request => request.ClientAssertion is null || request.Form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            Refusal(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")),
        new("the application exists", request => request.Form["client_id"] != App, UnknownApplication),
    ];

    private IEnumerable<EmulatedRule> CertificateRules() =>
    [
        new("sub is the application", request => request.ClientAssertion!["sub"] != App, UnknownApplication),
        new("iss is the client id", request => request.ClientAssertion!["iss"] != App, Refusal(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")),
        new("alg and typ", request => request.ClientAssertion!.HeaderText("alg") is not ("PS256" or "RS256") || request.ClientAssertion.HeaderText("typ") != "JWT",
            Refusal(50027, "JWT token is invalid or malformed.")),
        new("the certificate is registered", request => !IsRegistered(request.ClientAssertion!), Refusal(700027, "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]")),
        new("the signature", request => !request.ClientAssertion!.IsSignedBy(_key), Refusal(700027, "Client assertion failed signature validation.")),
        new("aud is the token endpoint", request => request.ClientAssertion!["aud"] != Url, Refusal(700023, "Client assertion audience claim does not match Realm issuer.")),
        new("nbf and exp are valid now", request => !request.ClientAssertion!.IsValidAt(_clock.GetUtcNow(), from: "nbf"), Refusal(700024, "Client assertion is not within its valid time range.")),
    ];

    private static IEnumerable<EmulatedRule> ScopeRules() =>
    [
        new("the scope ends with /.default", request => request.Form["scope"]?.EndsWith("/.default", StringComparison.Ordinal) != true,
            Refusal(1002012, "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", "invalid_scope", 400)),
        new("the API is registered", request => request.Form["scope"]!.StartsWith("api://unknown", StringComparison.Ordinal),
            Refusal(500011, "The resource principal named api://unknown was not found in the tenant named Contoso.", "invalid_resource", 400)),
    ];

    private IEnumerable<EmulatedRule> FederationRules() =>
    [
        new("the issuer", request => request.ClientAssertion!["iss"] != PlatformIssuer, Refusal(700211, "No matching federated identity record found for presented assertion issuer.")),
        new("the subject", request => request.ClientAssertion!["sub"] != PlatformSubject, Refusal(700213, "No matching federated identity record found for presented assertion subject.")),
        new("the audience", request => request.ClientAssertion!["aud"] != PlatformAudience, Refusal(700212, "No matching federated identity record found for presented assertion audience.")),
        new("the token is valid now", request => !request.ClientAssertion!.IsValidAt(_clock.GetUtcNow(), from: "nbf"), Refusal(700024, "Client assertion is not within its valid time range.")),
    ];

    private static IEnumerable<EmulatedRule> UserRules() =>
    [
        new("requested_token_use", request => request.Form["requested_token_use"] != "on_behalf_of", Refusal(900144, "The request body must contain the following parameter: 'requested_token_use'.", "invalid_request", 400)),
        new("a scope", request => request.Form["scope"] is null, Refusal(900144, "The request body must contain the following parameter: 'scope'.", "invalid_request", 400)),
        new("multifactor authentication", request => request.Assertion!["aud"] == "mfa", Refusal(50079, "The user must enroll in multi-factor authentication.", "interaction_required", 400)),
        new("the token is for this API", request => request.Assertion!["aud"] != App, Refusal(500131, "Assertion audience does not match the Client app presenting the assertion.", "invalid_grant", 400)),
    ];

    private static EmulatedResponse UnknownApplication => Refusal(700016, "Application with identifier 'x' was not found in the directory 'Contoso'.", "unauthorized_client", 400);

    // MSAL.NET asks for client_info and offline_access. Who does not ask receives neither.
    private static EmulatedResponse Respond(EmulatedRequest request)
    {
        var token = new JsonObject { ["token_type"] = "Bearer", ["scope"] = request.Form["scope"], ["expires_in"] = 3599, ["ext_expires_in"] = 3599, ["access_token"] = "entra-1" };
        if (request.Form["client_info"] == "1")
            token["client_info"] = Base64Url.EncodeToString("""{"uid":"user-1","utid":"tenant-1"}"""u8);
        if (request.Form["scope"]!.Split(' ').Contains("offline_access"))
            token["refresh_token"] = "refresh-1";
        return new(200, token.ToJsonString());
    }

    // x5t is the older member. The documentation of the service had it before x5t#S256.
    private bool IsRegistered(Jwt assertion) =>
        assertion.HeaderText("x5t#S256") is { } sha256 ? sha256 == Base64Url.EncodeToString(_certificate.GetCertHash(HashAlgorithmName.SHA256))
        : assertion.HeaderText("x5t") == Base64Url.EncodeToString(_certificate.GetCertHash());
}
