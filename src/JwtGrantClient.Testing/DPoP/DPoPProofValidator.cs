using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// Validates a DPoP proof (RFC 9449 section 4.3): created for this request, signed with the key in its header, and used once.
/// </summary>
internal sealed class DPoPProofValidator(ServerSettings settings)
{
    private const string Clause = "RFC 9449 section 4.3", Type = "dpop+jwt";
    private const int MaxIdLength = 256;

    private static readonly AssertionUse Use = new("DPoP proof", Refuse, Type);

    // A client creates a proof immediately before it sends the request, so a short time is enough.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    private readonly ReplayStore _replays = new(settings.Options.TimeProvider, TimeSpan.Zero);

    public static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.Create("invalid_dpop_proof", rule, clause, explanation);

    /// <param name="proof">The value of the DPoP header.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="url">The URL of the request. Its query and fragment are ignored.</param>
    /// <param name="accessToken">The access token of the request; null at the token endpoint.</param>
    /// <param name="request">The number of the request; 0 for a request to an API, which is not recorded.</param>
    public DPoPProof Validate(string proof, string method, string url, string? accessToken = null, int request = 0)
    {
        var jwt = SignedJwt.TryParse(proof, out var rule, out var problem)
            ?? throw Refuse(rule, "RFC 7515 section 5.2", $"The DPoP proof {problem}.");
        if (!jwt.Header.TryGetProperty("typ", out _))
            throw Refuse("S09", Clause, $"The DPoP proof has no typ; expected {Type}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, settings);
        var (key, thumbprint) = ProofKey.Read(jwt.Header);
        using var publicKey = key.Key;
        if (key.DescribeMismatch(algorithm) is { } mismatch)
            throw Refuse("S06", Clause, $"The DPoP proof is signed with {algorithm.Name}, but {mismatch}.");
        if (!key.Verify(jwt.SigningInput, jwt.Signature, algorithm))
            throw Refuse("S08", Clause, "The DPoP proof's signature does not verify with the jwk in its header.");
        CheckRequest(jwt.Claims, method, url);
        if (accessToken is not null && jwt.Claims.GetStringOrNull("ath") != Hash(accessToken))
            throw Refuse("S21", Clause, "The DPoP proof's ath is missing, or is not the SHA-256 of the access token in base64url.");
        var issuedAt = ReadIssuedAt(jwt.Claims);
        var nonce = ReadNonce(jwt.Claims);
        var id = jwt.Claims.GetStringOrNull("jti") is { Length: >= 1 and <= MaxIdLength } text
            ? text : throw Refuse("S16", Clause, $"The DPoP proof has no jti of 1 to {MaxIdLength} characters.");
        if (_replays.FindOrRecord(thumbprint, id, issuedAt + MaxAge + settings.Options.ClockSkew, request) is { } first)
            throw Refuse("S16", Clause,
                $"The DPoP proof's jti {(first == 0 ? "was used before" : $"is that of request {first} again")}. Create a new proof for each request, including retries.");
        return new(thumbprint, nonce);
    }

    private static void CheckRequest(JsonElement claims, string method, string url)
    {
        if (claims.GetStringOrNull("htm") is var htm && htm != method)
            throw Refuse("S21", Clause, $"The DPoP proof's htm is '{htm ?? "missing"}'; the method of the request is {method}.");
        var htu = claims.GetStringOrNull("htu");
        if (htu is null || htu.AsSpan().ContainsAny('?', '#'))
            throw Refuse(
                "S21", "RFC 9449 section 4.2", $"The DPoP proof's htu is '{htu ?? "missing"}'; expected a URL without query and fragment.");
        // RFC 9449 section 4.3 recommends normalization: Uri changes the host to lower case and removes a default port (RFC 3986 section 6.2).
        if (!Uri.TryCreate(htu, UriKind.Absolute, out var claimed) || !Uri.TryCreate(url, UriKind.Absolute, out var actual)
            || claimed.GetLeftPart(UriPartial.Path) != actual.GetLeftPart(UriPartial.Path))
            throw Refuse("S21", Clause, $"The DPoP proof's htu is '{htu}'; the request was sent to '{url}'.");
    }

    private DateTimeOffset ReadIssuedAt(JsonElement claims)
    {
        if (!claims.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number
            || !decimal.TryParse(iat.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > 1e11m)
            throw Refuse("S14", Clause, "The DPoP proof's iat is missing, or is not a number of seconds.");
        var at = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        if (at > settings.Now + settings.Options.FutureTolerance || at < settings.Now - MaxAge - settings.Options.ClockSkew)
            throw Refuse("S14", Clause,
                $"The DPoP proof's iat is {(settings.Now - at).TotalSeconds:0.#} s in the past; at most {MaxAge.TotalSeconds:0} s in the past and {settings.Options.FutureTolerance.TotalSeconds:0} s in the future are accepted. Compare the clocks.");
        return at;
    }

    private static string? ReadNonce(JsonElement claims) => !claims.TryGetProperty("nonce", out _) ? null
        : claims.GetStringOrNull("nonce") ?? throw Refuse("S21", Clause, "The DPoP proof's nonce is not a string.");

    private static string Hash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
}

/// <summary>The content of a valid proof: the thumbprint of its key (RFC 7638), and its nonce; null for none.</summary>
internal sealed record DPoPProof(string Thumbprint, string? Nonce);
