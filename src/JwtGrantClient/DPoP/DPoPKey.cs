using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient.Signing;

namespace JwtGrantClient.DPoP;

/// <summary>
/// The key that a client's tokens are bound to. It stays for the client's life: another one would make its tokens useless.
/// </summary>
/// <param name="Signer">Signs the proofs.</param>
/// <param name="PublicJwk">Goes into each proof's header.</param>
/// <param name="Thumbprint">What servers bind tokens to (RFC 9449 section 6.1).</param>
internal sealed record DPoPKey(IJwtSigner Signer, JsonElement PublicJwk, string Thumbprint)
{
    /// <summary>Returns the key that the check of the settings loaded, else creates it.</summary>
    /// <exception cref="JwtGrantException">There is no usable key in the place that the settings name.</exception>
    public static DPoPKey From(DPoPOptions options) => options.TakeChecked() ?? Create(options.SigningKey);

    /// <summary>Creates a key of the settings, or a new one that lives in this process alone.</summary>
    /// <exception cref="JwtGrantException">There is no usable key in the place that the settings name.</exception>
    public static DPoPKey Create(SigningKeyOptions options)
    {
        if (!options.IsSet)
            return Create(new() { Key = ECDsa.Create(ECCurve.NamedCurves.nistP256), Format = "made at start" }, "memory", options);
        using var content = KeySource.Read(options);
        return Create(KeyFormat.Parse(content, options), content.Place, options);
    }

    private static DPoPKey Create(KeyMaterial found, string place, SigningKeyOptions options)
    {
        // The proof names the key by its jwk; a kid, a thumbprint or a chain beside it would be two names for one thing.
        var bare = options.Copy();
        (bare.KeyId, bare.KeyIdFrom, bare.X5t, bare.X5tS256, bare.X5c) = (null, KeyIdSource.Key, false, false, false);
        var nameless = new KeyMaterial { Key = found.Key, Format = found.Format, Algorithm = found.Algorithm };
        return new(
            SigningKeyLoader.SignerFor(nameless, place, bare),
            JsonElement.Parse(Signing.PublicJwk.From(found.Key)),
            Signing.PublicJwk.ComputeThumbprint(found.Key));
    }
}
