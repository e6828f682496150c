using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Compares client secrets in a time that tells nothing of them.</summary>
internal static class SecretRules
{
    public static ClientRegistration Check(ClientRegistration client, string secret) =>
        CryptographicOperations.FixedTimeEquals(Digest(secret), Digest(client.ClientSecret ?? ""))
            ? client
            : throw RefusedException.Client("S17", "RFC 6749 section 2.3.1",
                $"The client secret is not that of '{client.Id}'. In the header, id and secret are form-encoded before base64.");

    // Digests have one length, so that the comparison does not tell the secret's.
    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
