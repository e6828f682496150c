using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Whoever signs assertions, a client or another trusted issuer: a name, keys that belong to it alone (RFC 8725 section 3.8).</summary>
internal abstract class AssertingParty(string name, string algorithm, KeySet keys)
{
    /// <summary>Its <c>iss</c>.</summary>
    public string Name { get; } = name;

    public string Algorithm { get; } = algorithm;

    public KeySet Keys { get; } = keys;

    public abstract IReadOnlyList<string>? AllowedScopes { get; }

    /// <summary>S11: whether the pair of iss and sub is allowed in a grant.</summary>
    public abstract bool MaySpeakFor(string subject);

    protected static void Check(string algorithm)
    {
        if (JwsAlgorithm.Find(algorithm) is null)
            throw new ArgumentException($"SigningAlgorithm is {Quote.Of(algorithm)}. This server verifies {Quote.List(JwsAlgorithm.Names)}.");
    }
}
