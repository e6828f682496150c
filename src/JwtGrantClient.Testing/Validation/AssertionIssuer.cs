using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>A party that signs assertions, with its keys: a client, or a trusted issuer.</summary>
internal sealed record AssertionIssuer(
    string Name,
    ClientRegistration? Client,
    IReadOnlyList<VerificationKey> Keys,
    string? SigningAlgorithm,
    IReadOnlyList<string>? AllowedSubjects)
{
    /// <summary>The rules that its assertions may break.</summary>
    public Leniency Leniency { get; private init; } = Leniency.None;

    /// <summary>Whether its grant assertions must be ID-JAGs.</summary>
    public bool RequiresIdJag { get; private init; }

    public static AssertionIssuer From(ClientRegistration client) =>
        new(client.Id, client, ReadKeys(client), client.SigningAlgorithm, client.AllowedSubjects) { Leniency = client.Leniency };

    public static AssertionIssuer From(TrustedIssuer issuer) =>
        new(issuer.Issuer, null, KeyReader.Read(issuer.PublicKeyPem, null, issuer.Jwks, issuer.Issuer), null, issuer.AllowedSubjects)
        {
            Leniency = issuer.Leniency, RequiresIdJag = issuer.RequireIdJag,
        };

    // A client with another credential does not need a key.
    private static IReadOnlyList<VerificationKey> ReadKeys(ClientRegistration client) =>
        (client.PublicKeyPem ?? client.Jwks) is null ? [] : KeyReader.Read(client.PublicKeyPem, client.KeyId, client.Jwks, client.Id);
}
