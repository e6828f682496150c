using System.Security.Cryptography;
using System.Text.Json;
using JwtGrantClient.Signing;

namespace JwtGrantClient.DPoP;

/// <summary>
/// The key that the tokens of a client are bound to. It does not change during the lifetime of the client, because tokens cannot be used with
/// another key.
/// </summary>
/// <param name="Signer">Signs the proofs.</param>
/// <param name="PublicJwk">The public key in the header of each proof.</param>
/// <param name="Thumbprint">The JWK thumbprint that servers bind tokens to (RFC 9449 section 6.1).</param>
internal sealed record DPoPKey(IJwtSigner Signer, JsonElement PublicJwk, string Thumbprint)
{
    /// <summary>Returns the key that the validation of the options has loaded. Loads or generates the key if there is none.</summary>
    /// <exception cref="JwtGrantException">The configured key cannot be read or is not usable.</exception>
    public static DPoPKey From(DPoPOptions options) => options.TakePreloaded() ?? Create(options.SigningKey);

    /// <summary>Loads the configured key. Generates a key that exists only in this process if no key is configured.</summary>
    /// <exception cref="JwtGrantException">The configured key cannot be read or is not usable.</exception>
    public static DPoPKey Create(SigningKeyOptions options)
    {
        if (!options.IsSet)
            return Create(new() { Key = ECDsa.Create(ECCurve.NamedCurves.nistP256), Format = "generated at start-up" }, "memory", options);
        using var source = KeySource.Read(options);
        return Create(KeyFormat.Parse(source, options), source.Place, options);
    }

    private static DPoPKey Create(KeyMaterial material, string place, SigningKeyOptions options)
    {
        // The proof identifies its key by the jwk header parameter (RFC 9449 section 4.2), so it has no kid, thumbprint or certificate chain.
        var proofOptions = options.Copy();
        (proofOptions.KeyId, proofOptions.KeyIdFrom, proofOptions.X5t, proofOptions.X5tS256, proofOptions.X5c, proofOptions.X5cRoot) = (null, KeyIdSource.Key, false, false, false, false);
        var keyWithoutId = new KeyMaterial { Key = material.Key, Format = material.Format, Algorithm = material.Algorithm };
        return new(
            SigningKeyLoader.CreateSigner(keyWithoutId, place, proofOptions),
            JsonElement.Parse(Signing.PublicJwk.From(material.Key)),
            Signing.PublicJwk.ComputeThumbprint(material.Key));
    }
}
