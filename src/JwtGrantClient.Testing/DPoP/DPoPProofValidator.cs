using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// Judges a DPoP proof (open first; RFC 9449 section 4.3, S21): made for this request, by the key that it brings, once.
/// </summary>
internal sealed class DPoPProofValidator(ServerSettings terms)
{
    private const string Clause = "RFC 9449 section 4.3", Type = "dpop+jwt";
    private const int MaximumIdLength = 256;

    private static readonly AssertionUse Use = new("DPoP proof", Refuse, Type);

    // A proof is made for the request that it goes with.
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(60);

    private readonly ReplayStore _replays = new(terms.Options.TimeProvider, TimeSpan.Zero);

    public static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.Other("invalid_dpop_proof", rule, clause, explanation);

    /// <param name="proof">The header's value.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="address">The request's address; query and fragment do not count.</param>
    /// <param name="accessToken">The token that goes with it; null at the token endpoint.</param>
    public DPoPProof Judge(string proof, string method, string address, string? accessToken = null)
    {
        var jwt = SignedJwt.TryParse(proof, out var rule, out var problem)
            ?? throw Refuse(rule, "RFC 7515 section 5.2", $"The DPoP proof {problem}.");
        if (!jwt.Header.TryGetProperty("typ", out _))
            throw Refuse("S09", Clause, $"The DPoP proof has no typ; expected {Type}.");
        var algorithm = HeaderRules.Check(jwt.Header, Use, terms);
        var (key, thumbprint) = ProofKey.Read(jwt.Header);
        using var disposed = key.Key;
        if (key.Disagreement(algorithm) is { } disagreement)
            throw Refuse("S06", Clause, $"The DPoP proof is signed by {algorithm.Name}, but {disagreement}.");
        if (!key.Verifies(jwt.SigningInput, jwt.Signature, algorithm))
            throw Refuse("S08", Clause, "The DPoP proof's signature does not verify with the jwk in its header.");
        CheckRequest(jwt.Claims, method, address);
        if (accessToken is not null && jwt.Claims.Text("ath") != Hash(accessToken))
            throw Refuse("S21", Clause, "The DPoP proof's ath is missing, or not the SHA-256 of the access token in base64url.");
        var issuedAt = IssuedAt(jwt.Claims);
        var nonce = Nonce(jwt.Claims);
        var id = jwt.Claims.Text("jti") is { Length: >= 1 and <= MaximumIdLength } text
            ? text : throw Refuse("S16", Clause, $"The DPoP proof has no jti of 1 to {MaximumIdLength} characters.");
        if (!_replays.TryRecord(thumbprint, id, issuedAt + Oldest + terms.Options.ClockSkew))
            throw Refuse("S16", Clause, "The DPoP proof's jti was seen before. Make a new proof for each request, retries included.");
        return new(thumbprint, nonce);
    }

    private static void CheckRequest(JsonElement claims, string method, string address)
    {
        if (claims.Text("htm") is var htm && htm != method)
            throw Refuse("S21", Clause, $"The DPoP proof's htm is '{htm ?? "missing"}'; the request is a {method}.");
        var htu = claims.Text("htu");
        if (htu is null || htu.AsSpan().ContainsAny('?', '#'))
            throw Refuse(
                "S21", "RFC 9449 section 4.2", $"The DPoP proof's htu is '{htu ?? "missing"}'; expected a URL without query and fragment.");
        // Normalised as schemes have it: the host's case, a default port (RFC 3986 section 6.2.2).
        if (!Uri.TryCreate(htu, UriKind.Absolute, out var told) || !Uri.TryCreate(address, UriKind.Absolute, out var seen)
            || told.GetLeftPart(UriPartial.Path) != seen.GetLeftPart(UriPartial.Path))
            throw Refuse("S21", Clause, $"The DPoP proof's htu is '{htu}'; the request went to '{address}'.");
    }

    private DateTimeOffset IssuedAt(JsonElement claims)
    {
        if (!claims.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number
            || !decimal.TryParse(iat.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > 1e11m)
            throw Refuse("S14", Clause, "The DPoP proof's iat is missing, or no number of seconds.");
        var at = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        if (at > terms.Now + terms.Options.FutureTolerance || at < terms.Now - Oldest - terms.Options.ClockSkew)
            throw Refuse("S14", Clause,
                $"The DPoP proof's iat lies {(terms.Now - at).TotalSeconds:0.#} s in the past; it may lie {Oldest.TotalSeconds:0} s there, "
                + $"or {terms.Options.FutureTolerance.TotalSeconds:0} s in the future. Compare the clocks.");
        return at;
    }

    private static string? Nonce(JsonElement claims) => !claims.TryGetProperty("nonce", out _) ? null
        : claims.Text("nonce") ?? throw Refuse("S21", Clause, "The DPoP proof's nonce is no string.");

    private static string Hash(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
}

/// <summary>What a good proof shows: the key (RFC 7638), and the nonce that it was made with.</summary>
internal sealed record DPoPProof(string Thumbprint, string? Nonce);
