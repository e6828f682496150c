using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>Issues access tokens as JWTs (RFC 9068), signed with a key of this process, and stores those that are valid.</summary>
internal sealed class TokenIssuer(ServerSettings settings)
{
    // All servers of a process share the key. Each server accepts only the tokens that it stores.
    // ES256 is allowed by FAPI 2.0 (section 5.4.1), and an RSA signature would take most of the time of a request.
    private static readonly Lazy<ECDsa> Key = new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private const string Algorithm = "ES256", KeyId = "strict-1";

    // The default encoder writes at+jwt as at\u002Bjwt, which is valid but hard to read.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IssuedToken> _validTokens = new(StringComparer.Ordinal);
    private int _issued;

    public int Issued => Volatile.Read(ref _issued);

    public IssuedToken Issue(AccessTokenDescriptor descriptor)
    {
        var token = Create(descriptor, "at+jwt");
        _validTokens[token.Value] = token;
        Interlocked.Increment(ref _issued);
        return token;
    }

    /// <summary>Issues a JWT with the same claims that is not an access token.</summary>
    public IssuedToken IssueJwt(AccessTokenDescriptor descriptor) => Create(descriptor, "JWT");

    public void Revoke(string token) => _validTokens.TryRemove(token, out _);

    public void RevokeAll() => _validTokens.Clear();

    /// <summary>Returns the token if this server issued it and it is neither revoked nor expired; otherwise null.</summary>
    public IssuedToken? Find(string value) =>
        _validTokens.TryGetValue(value, out var token) && settings.Now < token.ExpiresAt && !token.Descriptor.Family.IsRevoked ? token : null;

    public static JsonObject PublicKeys()
    {
        var point = Key.Value.ExportParameters(includePrivateParameters: false).Q;
        return new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "EC", ["use"] = "sig", ["alg"] = Algorithm, ["kid"] = KeyId, ["crv"] = "P-256",
                ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
            }),
        };
    }

    private IssuedToken Create(AccessTokenDescriptor descriptor, string type)
    {
        var now = settings.Now;
        // exp is rounded up and expires_in down, so that the token is valid for at least expires_in seconds.
        var exp = (now + settings.Options.TokenLifetime + OneSecond - TimeSpan.FromTicks(1)).ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = settings.Issuer, ["sub"] = descriptor.Subject, ["client_id"] = descriptor.ClientId,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = exp,
            ["aud"] = descriptor.Audience is [var only] ? only : new JsonArray([.. descriptor.Audience.Select(item => JsonValue.Create(item))]),
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
        };
        if (descriptor.Scope is not null)
            claims["scope"] = descriptor.Scope;
        if (descriptor.Actor is not null)
            claims["act"] = new JsonObject { ["sub"] = descriptor.Actor };
        var confirmation = new JsonObject();
        foreach (var (name, value) in new[] { ("jkt", descriptor.ProofKey), ("x5t#S256", descriptor.CertificateThumbprint) })
            if (value is not null)
                confirmation[name] = value;
        if (confirmation.Count > 0)
            claims["cnf"] = confirmation;
        return new(
            Sign(claims, type), descriptor, DateTimeOffset.FromUnixTimeSeconds(exp), settings.Options.TokenLifetime.Ticks / TimeSpan.TicksPerSecond);
    }

    private static string Sign(JsonObject claims, string type)
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["typ"] = type, ["kid"] = KeyId };
        var input = $"{Encode(header)}.{Encode(claims)}";
        var signature = Key.Value.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString(Readable)));
}

/// <summary>The content of an access token to issue.</summary>
internal sealed record AccessTokenDescriptor(string ClientId, string Subject, string? Scope, IReadOnlyList<string> Audience, TokenFamily Family)
{
    /// <summary>The party that acts for the subject (RFC 8693 section 4.1); null for none.</summary>
    public string? Actor { get; init; }

    /// <summary>The thumbprint of the DPoP key that the token is bound to (RFC 9449 section 6.1); null for a bearer token.</summary>
    public string? ProofKey { get; init; }

    /// <summary>The thumbprint of the certificate that the token is bound to (RFC 8705 section 3.1); null for none.</summary>
    public string? CertificateThumbprint { get; init; }
}

/// <summary>An issued token. <c>ExpiresIn</c> is in seconds.</summary>
internal sealed record IssuedToken(string Value, AccessTokenDescriptor Descriptor, DateTimeOffset ExpiresAt, long ExpiresIn);
