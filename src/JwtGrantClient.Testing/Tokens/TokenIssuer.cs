using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.IdentityAssertions;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Tokens;

/// <summary>Issues access tokens as JWTs (RFC 9068), signed with a key of this process, and stores those that are valid.</summary>
internal sealed class TokenIssuer(ServerSettings settings)
{
    // All servers of a process share the key. Each server accepts only the tokens that it stores.
    // ES256 is allowed by FAPI 2.0 (section 5.4.1), and an RSA signature would take most of the time of a request.
    private static readonly Lazy<ECDsa> Key = new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private const string Algorithm = "ES256", KeyId = "strict-1";
    private const int SignatureLength = 64;

    private static readonly string AccessTokenHeader = EncodeHeader("at+jwt"), JwtHeader = EncodeHeader("JWT"),
        IdJagHeader = EncodeHeader(IdJag.Type), TransactionTokenHeader = EncodeHeader("txntoken+jwt");

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    // A token is found by its hash, so that the texts of the tokens, which are long, are not kept.
    private readonly ExpiringTable<IssuedToken> _validTokens = new(settings.Options.TimeProvider);
    private int _issued, _generation;

    /// <summary>The number of tokens in memory.</summary>
    public int Stored => _validTokens.Count;

    public int Issued => Volatile.Read(ref _issued);

    /// <summary>Issues an access token; returns its text, and how many seconds it is valid.</summary>
    public (string Value, long ExpiresIn) Issue(AccessTokenDescriptor descriptor)
    {
        // expires_in is rounded down and exp up, so that the token is valid for at least expires_in seconds.
        var exp = (settings.Now + settings.Options.TokenLifetime + OneSecond - TimeSpan.FromTicks(1)).ToUnixTimeSeconds();
        var (value, expiresAt) = (Create(descriptor, AccessTokenHeader, exp), DateTimeOffset.FromUnixTimeSeconds(exp));
        _validTokens.TryAdd(TextHash.Compute(value), new(descriptor, expiresAt, Volatile.Read(ref _generation)), expiresAt);
        Interlocked.Increment(ref _issued);
        return (value, settings.Options.TokenLifetime.Ticks / TimeSpan.TicksPerSecond);
    }

    /// <summary>Issues a JWT with the same claims that is not an access token.</summary>
    public (string Value, long ExpiresIn) IssueJwt(AccessTokenDescriptor descriptor, string tokenType)
    {
        // The time from iat to exp is not longer than the lifetime, because another server may limit it.
        var exp = settings.Now.ToUnixTimeSeconds() + (settings.Options.IssuedAssertionLifetime.Ticks / TimeSpan.TicksPerSecond);
        var header = tokenType switch
        {
            TokenTypes.IdJag => IdJagHeader,
            TokenTypes.TransactionToken => TransactionTokenHeader,
            _ => JwtHeader,
        };
        return (Create(descriptor, header, exp), (long)(DateTimeOffset.FromUnixTimeSeconds(exp) - settings.Now).TotalSeconds);
    }

    public void Revoke(string token)
    {
        if (_validTokens.TryGet(TextHash.Compute(token), out var issued))
            issued.Revoke();
    }

    public void RevokeAll() => Interlocked.Increment(ref _generation);

    /// <summary>Returns the token if this server issued it and it is neither revoked nor expired; otherwise null.</summary>
    public IssuedToken? Find(string value) => Find(value, out _);

    /// <summary>Returns the token; null, and the end of a sentence that begins with its name, if it is not valid.</summary>
    public IssuedToken? Find(string value, out string problem)
    {
        var now = settings.Now;
        problem = !_validTokens.TryGet(TextHash.Compute(value), out var token) ? "is unknown: it was not issued by this server"
            : token.Descriptor.Family.IsRevoked ? "is revoked, with all tokens of its authorization"
            : token.IsRevoked || token.Generation != Volatile.Read(ref _generation) ? "is revoked"
            : now >= token.ExpiresAt
                ? string.Create(CultureInfo.InvariantCulture, $"expired {(now - token.ExpiresAt).TotalSeconds:0.#} s ago by this server's clock")
            : "";
        return problem.Length == 0 ? token : null;
    }

    /// <summary>Creates the JWK set with the key that signs the tokens (RFC 7517 section 5).</summary>
    public static JsonObject CreateKeySet()
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

    private string Create(AccessTokenDescriptor descriptor, string header, long exp)
    {
        var claims = JsonBytes.WriteObject(
            (Descriptor: descriptor, settings.Issuer, Iat: settings.Now.ToUnixTimeSeconds(), Exp: exp),
            static (json, token) => WriteClaims(json, token.Descriptor, token.Issuer, token.Iat, token.Exp));
        return Sign(header, claims);
    }

    private static void WriteClaims(Utf8JsonWriter json, AccessTokenDescriptor descriptor, string issuer, long iat, long exp)
    {
        json.WriteString("iss", issuer);
        json.WriteString("sub", descriptor.Subject);
        json.WriteString("client_id", descriptor.ClientId);
        json.WriteNumber("iat", iat);
        json.WriteNumber("exp", exp);
        WriteOneOrMore(json, "aud", descriptor.Audience);
        if (descriptor.Resources.Count > 0)
            WriteOneOrMore(json, "resource", descriptor.Resources);
        Span<byte> id = stackalloc byte[16];
        RandomNumberGenerator.Fill(id);
        json.WriteString("jti", Base64Url.EncodeToString(id));
        if (descriptor.Scope is not null)
            json.WriteString("scope", descriptor.Scope);
        if (descriptor.Actor is not null)
        {
            json.WriteStartObject("act");
            json.WriteString("sub", descriptor.Actor);
            json.WriteEndObject();
        }
        if (descriptor.ProofKey is null && descriptor.CertificateThumbprint is null)
            return;
        json.WriteStartObject("cnf");
        if (descriptor.ProofKey is not null)
            json.WriteString("jkt", descriptor.ProofKey);
        if (descriptor.CertificateThumbprint is not null)
            json.WriteString("x5t#S256", descriptor.CertificateThumbprint);
        json.WriteEndObject();
    }

    private static void WriteOneOrMore(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values is [var only])
        {
            json.WriteString(name, only);
            return;
        }
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static string Sign(string header, ReadOnlySpan<byte> claims)
    {
        var inputLength = header.Length + 1 + Base64Url.GetEncodedLength(claims.Length);
        var length = inputLength + 1 + Base64Url.GetEncodedLength(SignatureLength);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Encoding.ASCII.GetBytes(header, buffer);
            buffer[header.Length] = (byte)'.';
            Base64Url.EncodeToUtf8(claims, buffer.AsSpan(header.Length + 1));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes], signature = stackalloc byte[SignatureLength];
            SHA256.HashData(buffer.AsSpan(0, inputLength), hash);
            Key.Value.SignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            buffer[inputLength] = (byte)'.';
            Base64Url.EncodeToUtf8(signature, buffer.AsSpan(inputLength + 1));
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string EncodeHeader(string type) => Base64Url.EncodeToString(JsonBytes.WriteObject(type, static (json, type) =>
    {
        json.WriteString("alg", Algorithm);
        json.WriteString("typ", type);
        json.WriteString("kid", KeyId);
    }));
}

/// <summary>The content of an access token to issue.</summary>
internal sealed record AccessTokenDescriptor(string ClientId, string Subject, string? Scope, IReadOnlyList<string> Audience, TokenFamily Family)
{
    /// <summary>The party that acts for the subject (RFC 8693 section 4.1); null for none.</summary>
    public string? Actor { get; init; }

    /// <summary>The claim <c>resource</c> of an ID-JAG; empty for none.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The thumbprint of the DPoP key that the token is bound to (RFC 9449 section 6.1); null for a bearer token.</summary>
    public string? ProofKey { get; init; }

    /// <summary>The thumbprint of the certificate that the token is bound to (RFC 8705 section 3.1); null for none.</summary>
    public string? CertificateThumbprint { get; init; }
}

/// <summary>An issued token, without its text.</summary>
internal sealed class IssuedToken(AccessTokenDescriptor descriptor, DateTimeOffset expiresAt, int generation)
{
    private volatile bool _isRevoked;

    public AccessTokenDescriptor Descriptor => descriptor;

    public DateTimeOffset ExpiresAt => expiresAt;

    /// <summary>How often all tokens had been revoked when this one was issued.</summary>
    public int Generation => generation;

    public bool IsRevoked => _isRevoked;

    public void Revoke() => _isRevoked = true;
}
