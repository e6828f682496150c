using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers.Emulators;

/// <summary>The Pub/Sub API, which accepts the self-signed JWTs of a service account, emulated from https://google.aip.dev/auth/4111.</summary>
internal static class GoogleApi
{
    public const string Host = "https://pubsub.googleapis.com/", Url = $"{Host}v1/projects/project/topics", Scope = "https://www.googleapis.com/auth/pubsub";

    /// <param name="clock">The clock of Google.</param>
    /// <param name="key">The public key of the service account.</param>
    public static ProviderEmulator Create(TimeProvider clock, RSA key)
    {
        var unauthenticated = EmulatedResponse.Google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.");
        return new(server: null,
            new("the credential is a JWT", request => request.BearerJwt is null, unauthenticated),
            new("alg is RS256 and kid that of the key", request => (request.BearerJwt!.HeaderText("alg"), request.BearerJwt.HeaderText("kid")) != ("RS256", GoogleTokenEndpoint.KeyId), unauthenticated),
            new("the signature", request => !request.BearerJwt!.IsSignedBy(key), unauthenticated),
            new("iss and sub are the account", request => (request.BearerJwt!["iss"], request.BearerJwt["sub"]) != (GoogleTokenEndpoint.Email, GoogleTokenEndpoint.Email), unauthenticated),
            new("either aud or scope", request => request.BearerJwt!["aud"] is null == request.BearerJwt["scope"] is null, unauthenticated),
            new("aud is the API", request => request.BearerJwt!["aud"] is not (null or Host), unauthenticated),
            new("at most 1 h, and valid now", request => EmulatedRequest.Lifetime(request.BearerJwt!) > 3600 || !request.BearerJwt!.IsValidAt(clock.GetUtcNow(), from: "iat"), unauthenticated),
            new("the scope is one of the API", request => request.BearerJwt!["scope"] is { } scope && !scope.Split(' ').Contains(Scope),
                EmulatedResponse.Google(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")))
        {
            Respond = _ => new(200, """{"topics":[]}"""),
        };
    }
}
