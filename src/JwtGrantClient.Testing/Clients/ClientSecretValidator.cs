using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Clients;

/// <summary>Validates client secrets in constant time.</summary>
internal static class ClientSecretValidator
{
    /// <param name="client">The client that the request names.</param>
    /// <param name="secret">The secret of the request.</param>
    /// <param name="advice">What to check if the secret is wrong, for the error message.</param>
    /// <exception cref="RefusedException">The secret is not that of the client.</exception>
    public static ClientRegistration Validate(ClientRegistration client, string secret, string advice) =>
        CryptographicOperations.FixedTimeEquals(Digest(secret), Digest(client.ClientSecret ?? ""))
            ? client
            : throw RefusedException.InvalidClient("S17", "RFC 6749 section 2.3.1",
                $"The client secret is not that of '{client.Id}'. {advice}");

    // All digests have the same length, so the comparison does not reveal the length of the secret.
    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
