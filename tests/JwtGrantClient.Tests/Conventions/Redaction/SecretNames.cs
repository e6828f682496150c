namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>
/// How a secret is recognised: by what its name ends in. <c>AccessToken</c> is one, <c>AccessTokenType</c> and <c>TokenEndpoint</c>
/// are not. A noun such as AccessToken keeps its secret in a member with a plain name, such as Value.
/// </summary>
internal static class SecretNames
{
    /// <summary>Names that look like a secret's and are none, each with its reason: <c>Type.Member</c> -> why it may be printed.</summary>
    public static readonly Dictionary<string, string> Harmless = [];

    private static readonly string[] Nouns =
    [
        "Token", "Assertion", "Jwt", "Jws", "Secret", "Password", "Passphrase", "Pem", "PrivateKey", "KeyMaterial",
        "CodeVerifier", "AuthorizationCode", "Credential", "Credentials", "Authorization", "Body",
    ];

    private static readonly string[] Carriers = ["Value", "Text", "Bytes", "Raw", "Compact", "Encoded", "Content"];

    /// <summary>Names and values together: a token response's further members, the fields of a token request.</summary>
    private static readonly string[] Collections = ["Members", "Fields", "Form"];

    public static bool AreSecret(Type holder, string member) =>
        EndsInNoun(member)
        || (EndsInNoun(holder.Name) && Carriers.Contains(member, StringComparer.OrdinalIgnoreCase))
        || (member.Equals("Code", StringComparison.OrdinalIgnoreCase) && !IsAboutErrors(holder));

    public static bool AreSecretCollection(string member) => Collections.Contains(member, StringComparer.OrdinalIgnoreCase);

    private static bool EndsInNoun(string name) =>
        Nouns.Any(noun => name.EndsWith(noun, StringComparison.Ordinal) || name.Equals(noun, StringComparison.OrdinalIgnoreCase));

    /// <summary>A code is an authorization code, save where it tells an error.</summary>
    private static bool IsAboutErrors(Type type) =>
        typeof(Exception).IsAssignableFrom(type) || type.Name.Contains("Error", StringComparison.Ordinal);
}
