using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>
/// One registered public key with what its owner declared about it. <see cref="Key"/> is null for a type that this server cannot use:
/// it stays in the set (RFC 7517 section 5), so that a kid that names it is explained.
/// </summary>
internal sealed record VerificationKey(
    string KeyId, string KeyType, AsymmetricAlgorithm? Key, string? Algorithm = null, string? Use = null, IReadOnlyList<string>? Operations = null)
{
    /// <summary>S06: the algorithm must agree with the key's type, <c>alg</c>, <c>use</c> and <c>key_ops</c> (RFC 8725 section 3.1).</summary>
    public string? WhyUnfitFor(JwsAlgorithm algorithm) => this switch
    {
        { Key: null } or { KeyType: var type } when type != algorithm.KeyType => $"its kty is {Quote.Of(KeyType)}, and {algorithm.Name} takes {algorithm.KeyType}",
        { Algorithm: { } only } when only != algorithm.Name => $"it was registered for the alg {Quote.Of(only)} alone",
        { Use: not (null or "sig") } => $"its use is {Quote.Of(Use)}, not 'sig'",
        { Operations: { } allowed } when !allowed.Contains("verify") => $"its key_ops are {Quote.List(allowed)}, without 'verify'",
        _ => null,
    };
}
