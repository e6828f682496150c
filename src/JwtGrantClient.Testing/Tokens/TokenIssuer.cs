using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>Issues access tokens as JWTs (RFC 9068) signed by a key of this process, and knows which of them are still good.</summary>
internal sealed class TokenIssuer(ServerSettings terms)
{
    // One key for all servers of a process: making one takes a tenth of a second, and a token is known by the server that keeps it.
    private static readonly Lazy<RSA> Key = new(() => RSA.Create(2048));
    private const string KeyId = "strict-1";

    // Signed as people would write it: at+jwt, not at\u002Bjwt.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IssuedToken> _live = new(StringComparer.Ordinal);
    private int _issued;

    public int Issued => Volatile.Read(ref _issued);

    public IssuedToken Issue(AccessTokenDescriptor order)
    {
        var token = Make(order, "at+jwt");
        _live[token.Value] = token;
        Interlocked.Increment(ref _issued);
        return token;
    }

    /// <summary>A JWT that says the same, and is no access token.</summary>
    public IssuedToken IssuePlain(AccessTokenDescriptor order) => Make(order, "JWT");

    public void Revoke(string token) => _live.TryRemove(token, out _);

    public void RevokeAll() => _live.Clear();

    /// <summary>The token, if this server issued it, did not revoke it and its time is not over.</summary>
    public IssuedToken? Find(string value) =>
        _live.TryGetValue(value, out var token) && terms.Now < token.ExpiresAt && !token.Order.Family.IsRevoked ? token : null;

    public static JsonObject PublicKeys()
    {
        var key = Key.Value.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = KeyId,
                ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        };
    }

    private IssuedToken Make(AccessTokenDescriptor order, string type)
    {
        var now = terms.Now;
        // What the server promises it keeps: exp is rounded up, expires_in down (S15a).
        var exp = (now + terms.Options.TokenLifetime + OneSecond - TimeSpan.FromTicks(1)).ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = terms.Issuer, ["sub"] = order.Subject, ["client_id"] = order.ClientId,
            ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = exp,
            ["aud"] = order.Audience is [var only] ? only : new JsonArray([.. order.Audience.Select(item => JsonValue.Create(item))]),
            ["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
        };
        if (order.Scope is not null)
            claims["scope"] = order.Scope;
        if (order.Actor is not null)
            claims["act"] = new JsonObject { ["sub"] = order.Actor };
        var confirmation = new JsonObject();
        foreach (var (name, value) in new[] { ("jkt", order.ProofKey), ("x5t#S256", order.CertificateThumbprint) })
            if (value is not null)
                confirmation[name] = value;
        if (confirmation.Count > 0)
            claims["cnf"] = confirmation;
        return new(
            Sign(claims, type), order, DateTimeOffset.FromUnixTimeSeconds(exp), terms.Options.TokenLifetime.Ticks / TimeSpan.TicksPerSecond);
    }

    private static string Sign(JsonObject claims, string type)
    {
        var header = new JsonObject { ["alg"] = "RS256", ["typ"] = type, ["kid"] = KeyId };
        var input = $"{Encode(header)}.{Encode(claims)}";
        var signature = Key.Value.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString(Readable)));
}

/// <summary>What a token is to say.</summary>
internal sealed record AccessTokenDescriptor(string ClientId, string Subject, string? Scope, IReadOnlyList<string> Audience, TokenFamily Family)
{
    /// <summary>Who acts for the subject (RFC 8693 section 4.1); null for nobody.</summary>
    public string? Actor { get; init; }

    /// <summary>The thumbprint of the DPoP key that it is bound to (RFC 9449 section 6.1); null for a bearer token.</summary>
    public string? ProofKey { get; init; }

    /// <summary>The thumbprint of the certificate that it is bound to (RFC 8705 section 3.1); null for none.</summary>
    public string? CertificateThumbprint { get; init; }
}

/// <summary>An access token as it was issued.</summary>
internal sealed record IssuedToken(string Value, AccessTokenDescriptor Order, DateTimeOffset ExpiresAt, long ExpiresIn);
