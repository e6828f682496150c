using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// Validates a DPoP proof (RFC 9449 section 4.3): created for this request, signed with the key in its header, and used once. All broken rules are
/// reported.
/// </summary>
internal sealed class DPoPProofValidator(ServerSettings settings)
{
    private const string Clause = "RFC 9449 section 4.3", Type = "dpop+jwt";
    private const int MaxIdLength = 256;

    private static readonly AssertionUse Use = new("DPoP proof", Refuse, Type) { RequiresType = true };

    private readonly ProofTimeRules _times = new(settings);
    private readonly ReplayStore _replays = new(settings.Options.TimeProvider, TimeSpan.Zero);

    public static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.Create("invalid_dpop_proof", rule, clause, explanation);

    /// <param name="proof">The value of the DPoP header.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="url">The URL of the request. Its query and fragment are ignored.</param>
    /// <param name="accessToken">The access token of the request; null at the token endpoint.</param>
    /// <param name="record">The record of the request; null for a request to an API.</param>
    public DPoPProof Validate(string proof, string method, string url, string? accessToken = null, RecordedRequest? record = null)
    {
        var rules = new BrokenRules(Use, settings.Options.Leniency);
        var jwt = SignedJwt.Parse(proof, Use, rules);
        var algorithm = jwt?.Header is { } header ? HeaderRules.Check(header, Use, settings, rules) : null;
        var thumbprint = jwt?.Header is { } withKey ? CheckKey(jwt, withKey, algorithm, rules) : null;
        DPoPProof? validated = null;
        if (jwt?.Claims is { } claims)
        {
            RequestRules.Check(claims, method, url, accessToken, rules);
            var expiresAt = _times.Check(claims, Use, rules);
            validated = new(thumbprint!, ReadNonce(claims, rules));
            CheckId(claims, thumbprint, expiresAt, record?.Number ?? 0, rules);
        }
        rules.Conclude(record);
        return validated!;
    }

    // Returns the thumbprint of the key; null if the key cannot be used.
    private static string? CheckKey(SignedJwt jwt, JsonElement header, VerificationAlgorithm? algorithm, BrokenRules rules)
    {
        if (ProofKey.Read(header, rules) is not { } proofKey)
            return null;
        using var key = proofKey.Key;
        if (algorithm is null)
            return proofKey.Thumbprint;
        if (key.DescribeMismatch(algorithm) is { } mismatch)
            rules.Add("S06", Clause, $"The DPoP proof is signed with {algorithm.Name}, but {mismatch}.");
        else if (jwt.Signature is { } signature && jwt.GetSigningInput() is var input && !key.Verify(input, signature, algorithm))
            rules.Add("S08", Clause,
                $"The DPoP proof's signature {SignatureFault.Find(key, input, signature, algorithm) ?? "does not verify with the jwk in its header."}");
        return proofKey.Thumbprint;
    }

    private void CheckId(JsonElement claims, string? thumbprint, DateTimeOffset expiresAt, int request, BrokenRules rules)
    {
        var id = claims.ReadText("jti", out var problem);
        if (id is null)
            rules.Add("S16", Clause, $"The DPoP proof {problem}.");
        else if (id.Length > MaxIdLength)
            rules.Add("S16", Clause, $"The DPoP proof's jti has {id.Length} characters; expected at most {MaxIdLength}.");
        else if (thumbprint is not null
            && (rules.IsEmpty ? _replays.FindOrRecord(thumbprint, id, expiresAt, request) : _replays.Find(thumbprint, id)) is { } first)
            rules.Add("S16", Clause,
                $"The DPoP proof's jti {(first == 0 ? "was used before" : $"is that of request {first} again")}. Create a new proof for each request, including retries.");
    }

    private static string? ReadNonce(JsonElement claims, BrokenRules rules)
    {
        if (!claims.TryGetProperty("nonce", out var nonce))
            return null;
        if (nonce.ValueKind == JsonValueKind.String)
            return nonce.GetString();
        rules.Add("S21", Clause, $"The DPoP proof has 'nonce' as a JSON {StrictJson.DescribeKind(nonce)}; expected a string.");
        return null;
    }
}

/// <summary>The content of a valid proof: the thumbprint of its key (RFC 7638), and its nonce; null for none.</summary>
internal sealed record DPoPProof(string Thumbprint, string? Nonce);
