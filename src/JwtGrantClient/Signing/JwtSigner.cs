using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Signing;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient;

/// <summary>Signers for keys that the application has as objects. A key in a file or a setting needs none of this: see <see cref="SigningKeyOptions"/>.</summary>
public static class JwtSigner
{
    /// <summary>Signs with a certificate's private key, which may be one that cannot be exported.</summary>
    /// <param name="certificate">The certificate, with its private key. It stays the caller's.</param>
    /// <param name="options">KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Default: RS256 or what fits the curve, and no kid.</param>
    /// <exception cref="JwtGrantException">There is no private key, or it does not fit.</exception>
    public static IJwtSigner FromCertificate(X509Certificate2 certificate, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var content = KeyContent.Of(certificate, $"the certificate '{certificate.Subject}'", owned: false);
        return SigningKeyLoader.Load(content, WithoutPlace(options));
    }

    /// <summary>Signs with a JWK's private key, under the JWK's kid and alg.</summary>
    /// <param name="key">The key; read once.</param>
    /// <param name="options">KeyId, KeyIdFrom, Algorithm, X5t, X5tS256 and X5c. Default: the JWK's own.</param>
    /// <exception cref="JwtGrantException">There is no private key, it does not fit, or its <c>use</c> or <c>key_ops</c> forbid signing.</exception>
    public static IJwtSigner FromJwk(JsonWebKey key, SigningKeyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var content = KeyContent.Of("the JsonWebKey");
        return SigningKeyLoader.SignerFor(JwkKey.Parse(key, content), content.Place, WithoutPlace(options));
    }

    private static SigningKeyOptions WithoutPlace(SigningKeyOptions? options)
    {
        if (options is { IsSet: true })
            throw JwtGrantException.Configuration(
                "signing_key_ambiguous", "The key is given as an object and by the options' Path, Text, Variable or Certificate; keep one.");
        return options?.Copy() ?? new();
    }
}
