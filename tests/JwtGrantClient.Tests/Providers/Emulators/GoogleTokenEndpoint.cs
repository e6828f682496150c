using System.Text.Json;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers.Emulators;

/// <summary>
/// Google's token endpoint for service accounts, emulated from https://developers.google.com/identity/protocols/oauth2/service-account. It knows one service
/// account, which may act for user@example.com.
/// </summary>
internal sealed class GoogleTokenEndpoint : IAsyncDisposable
{
    public const string Url = "https://oauth2.googleapis.com/token", Email = "batch@project.iam.gserviceaccount.com", KeyId = "g-1";

    private readonly TimeProvider _clock;
    private readonly StrictAuthorizationServer _server;

    /// <param name="clock">The clock of Google.</param>
    /// <param name="publicKeyPem">The public key of the service account.</param>
    public GoogleTokenEndpoint(TimeProvider clock, string publicKeyPem)
    {
        _clock = clock;
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = "https://oauth2.googleapis.com", TimeProvider = clock, TokenLifetime = TimeSpan.FromSeconds(3599), MaxAssertionLifetime = TimeSpan.FromHours(1),
            Leniency = new() { AllowMissingSub = true, AllowMissingJti = true },
        });
        _server.TrustIssuer(new() { Issuer = Email, PublicKeyPem = publicKeyPem });
        Emulator = new(_server,
            new("the URL", request => request.Url != Url, EmulatedResponse.Google(404, "NOT_FOUND", "Requested entity was not found.")),
            new("grant_type is jwt-bearer", request => request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer", EmulatedResponse.OAuth("unsupported_grant_type", "Invalid grant_type")),
            new("aud is the token endpoint, as a string", request => request.Assertion?["aud"] != Url, EmulatedResponse.OAuth("invalid_grant", "Invalid JWT: Failed audience check.")),
            new("at most 60 minutes", request => EmulatedRequest.Lifetime(request.Assertion!) > 3600 || IsStale(request),
                EmulatedResponse.OAuth("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")),
            new("the account exists", request => request.Assertion!["iss"] != Email, EmulatedResponse.OAuth("invalid_grant", "Invalid grant: account not found")),
            new("the user exists", request => request.Assertion!["sub"] == "nobody@example.com", EmulatedResponse.OAuth("invalid_grant", "Invalid email or User ID")),
            // Google.Apis.Auth requests an ID token with the account itself as the subject.
            new("the account may act for the user", request => request.Assertion!["sub"] is not (null or Email or "user@example.com"),
                EmulatedResponse.OAuth("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", 401)),
            new("a scope or a target audience", request => request.Assertion!["scope"] is null or "" && request.Assertion["target_audience"] is null, EmulatedResponse.OAuth("invalid_scope", "Empty or missing scope not allowed.")),
            new("known scopes", request => request.Assertion!["scope"]?.Contains(',') == true,
                EmulatedResponse.OAuth("invalid_scope", "Invalid OAuth scope or ID token audience provided.")))
        {
            Refuse = refusal => refusal.Rule == "S08" ? EmulatedResponse.OAuth("invalid_grant", "Invalid JWT Signature.") : EmulatedResponse.OAuth("invalid_grant", refusal.Rule),
            EditResponse = (token, request) =>
            {
                if (request.Assertion!["target_audience"] is null)
                    return;
                token.Clear();
                token["id_token"] = Jwt.CreateFake(_clock.GetUtcNow().AddHours(1));
            },
        };
    }

    public ProviderEmulator Emulator { get; }

    /// <summary>Returns the key file of the service account.</summary>
    public static string KeyFile(string privateKeyPem) => JsonSerializer.Serialize(new
    {
        type = "service_account", project_id = "project", private_key_id = KeyId, private_key = privateKeyPem, client_email = Email, client_id = "1234567890", token_uri = Url,
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private bool IsStale(EmulatedRequest request) => Math.Abs(request.Assertion!.Payload.GetProperty("iat").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds()) > 3600;
}
