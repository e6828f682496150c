namespace JwtGrantClient.Tests.Conventions.Redaction;

/// <summary>
/// Recognizes a secret by the end of its name: <c>AccessToken</c> is a secret, <c>AccessTokenType</c> and <c>TokenEndpoint</c> are not. A type such as
/// AccessToken has its secret in a member with a general name, such as Value.
/// </summary>
internal static class SecretNames
{
    /// <summary>Members that are named like a secret but are not secret: <c>Type.Member</c> and why it may be printed.</summary>
    public static readonly Dictionary<string, string> Harmless = [];

    private static readonly string[] Nouns =
    [
        "Token", "Assertion", "Jwt", "Jws", "Secret", "Password", "Passphrase", "Pem", "PrivateKey", "KeyMaterial",
        "CodeVerifier", "AuthorizationCode", "Credential", "Credentials", "Authorization", "Body",
    ];

    private static readonly string[] ValueMembers = ["Value", "Text", "Bytes", "Raw", "Compact", "Encoded", "Content"];

    /// <summary>Collections of names and values: the other members of a token response, the fields of a token request.</summary>
    private static readonly string[] Collections = ["Members", "Fields", "Form"];

    public static bool AreSecret(Type holder, string member) =>
        EndsInNoun(member)
        || (EndsInNoun(holder.Name) && ValueMembers.Contains(member, StringComparer.OrdinalIgnoreCase))
        || (member.Equals("Code", StringComparison.OrdinalIgnoreCase) && !IsAboutErrors(holder));

    public static bool AreSecretCollection(string member) => Collections.Contains(member, StringComparer.OrdinalIgnoreCase);

    private static bool EndsInNoun(string name) =>
        Nouns.Any(noun => name.EndsWith(noun, StringComparison.Ordinal) || name.Equals(noun, StringComparison.OrdinalIgnoreCase));

    /// <summary>A code is an authorization code, except the code of an error.</summary>
    private static bool IsAboutErrors(Type type) =>
        typeof(Exception).IsAssignableFrom(type) || type.Name.Contains("Error", StringComparison.Ordinal);
}
