namespace JwtGrantClient.Testing.Jose;

#pragma warning disable CA1064 // The readers of keys catch it, so no code outside of this assembly sees it.
/// <summary>Reports why a key cannot verify signatures. The message goes on after the name of the key: "has the exponent 1".</summary>
internal sealed class UnusableKeyException(string problem) : Exception(problem)
{
    /// <summary>
    /// Whether the key is not for this server: it has another use or an unknown type. A reader of a JWK Set ignores such a key (RFC 7517 section 5).
    /// </summary>
    public bool IsUnsupported { get; private init; }

    public static UnusableKeyException Unsupported(string problem) => new(problem) { IsUnsupported = true };
}
