using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Validates client secrets in constant time.</summary>
internal static class ClientSecretValidator
{
    public static ClientRegistration Validate(ClientRegistration client, string secret) =>
        CryptographicOperations.FixedTimeEquals(Digest(secret), Digest(client.ClientSecret ?? ""))
            ? client
            : throw RefusedException.InvalidClient("S17", "RFC 6749 section 2.3.1",
                $"The client secret is not that of '{client.Id}'. In the Authorization header, id and secret are form-encoded before base64.");

    // All digests have the same length, so the comparison does not reveal the length of the secret.
    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
