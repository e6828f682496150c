using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Somebody whose signatures are known: a client, or an issuer that is trusted for grants.</summary>
internal sealed record AssertionIssuer(
    string Name,
    ClientRegistration? Client,
    IReadOnlyList<VerificationKey> Keys,
    string? SigningAlgorithm,
    IReadOnlyList<string>? AllowedSubjects)
{
    public static AssertionIssuer From(ClientRegistration client) =>
        new(client.Id, client, KeysOf(client), client.SigningAlgorithm, client.AllowedSubjects);

    public static AssertionIssuer From(TrustedIssuer issuer) =>
        new(issuer.Issuer, null, KeyReader.Read(issuer.PublicKeyPem, null, issuer.Jwks, issuer.Issuer), null, issuer.AllowedSubjects);

    // A client with another credential needs no key.
    private static IReadOnlyList<VerificationKey> KeysOf(ClientRegistration client) =>
        (client.PublicKeyPem ?? client.Jwks) is null ? [] : KeyReader.Read(client.PublicKeyPem, client.KeyId, client.Jwks, client.Id);
}
