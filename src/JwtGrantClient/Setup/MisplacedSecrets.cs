using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;

namespace JwtGrantClient.Setup;

/// <summary>
/// Finds keys and tokens in settings that are for something else, such as a PEM document in place of the path of its file. A private key in a
/// setting such as ClientId would be sent to the server.
/// </summary>
internal static class MisplacedSecrets
{
    private const string Path = "the path of a file", Variable = "the name of an environment variable", Other = "a value that is not a key";

    /// <summary>Returns a problem for each setting that contains a key or a token in the wrong place. The problem does not contain the value.</summary>
    public static IEnumerable<string> Find(JwtGrantOptions options)
    {
        foreach (var (name, text, expected) in Settings(options))
            if (text is { } value && (expected == Other ? SecretKind.IsPrivateKey(value) : SecretKind.Describe(value) is not null))
                yield return $"{name} is {SecretKind.Describe(value)}; expected {expected}. {Advice(name, value)}";
    }

    private static string Advice(string setting, string value)
    {
        const string Key = "SigningKey";
        var section = setting.IndexOf($"{Key}:", StringComparison.Ordinal) is var start and >= 0 ? setting[..(start + Key.Length)] : Key;
        return SecretKind.IsJwt(value) ? "Write the JWT to a file, and set the path of that file."
            : setting == "TrustedCertificates" ? "Write the certificates of the CAs, without a private key, to a file, and set TrustedCertificates to its path."
            : setting.StartsWith("ClientCertificate:", StringComparison.Ordinal) ? "Write the certificate and its key to a file, and set ClientCertificate:Path to its path."
            : $"This looks like a key. Put it into {section}:Text, or into a file whose path is {section}:Path.";
    }

    private static IEnumerable<Setting> Settings(JwtGrantOptions options) =>
    [
        .. Settings(options.GetProviderValues()),
        new("Provider", options.Provider, Other),
        new("Issuer", options.Issuer, Other),
        new("TokenEndpoint", options.TokenEndpoint, Other),
        new("RevocationEndpoint", options.RevocationEndpoint, Other),
        .. Settings("TokenEndpointOrigins", options.TokenEndpointOrigins),
        new("ClientId", options.ClientId, Other),
        new("Scope", options.Scope, Other),
        .. Settings("Resource", options.Resource),
        new("AuthorizationDetails", options.AuthorizationDetails, Other),
        .. Settings(options.Parameters),
        new("ClientSecretEnvironmentVariable", options.ClientSecretEnvironmentVariable, Variable),
        new("ClientSecretFile", options.ClientSecretFile, Path),
        new("DefaultTokenType", options.DefaultTokenType, Other),
        new("Assertion:Issuer", options.Assertion.Issuer, Other),
        new("Assertion:Subject", options.Assertion.Subject, Other),
        new("Assertion:Audience", options.Assertion.Audience, Other),
        new("Assertion:TokenFile", options.Assertion.TokenFile, Path),
        new("Assertion:From", options.Assertion.From, Other),
        .. Settings("Assertion:Claims", options.Assertion.Claims),
        .. options.Assertion.JsonClaims.Select(claim => new Setting($"Assertion:JsonClaims:{SettingText.Show(claim.Key)}", claim.Value, Other)),
        .. Settings("Assertion:Header", options.Assertion.Header),
        .. Settings("Assertion:OmittedClaims", options.Assertion.OmittedClaims),
        .. Settings("ClientAssertion:Claims", options.ClientAssertion.Claims),
        .. options.ClientAssertion.JsonClaims.Select(claim => new Setting($"ClientAssertion:JsonClaims:{SettingText.Show(claim.Key)}", claim.Value, Other)),
        .. Settings("ClientAssertion:Header", options.ClientAssertion.Header),
        .. Settings("ClientAssertion:OmittedClaims", options.ClientAssertion.OmittedClaims),
        new("UserAgent", options.UserAgent, Other),
        .. options.Headers.Keys.Select(name => new Setting($"Headers:{SettingText.Show(name)}", options.Headers[name], Other)),
        new("ClientAssertion:Issuer", options.ClientAssertion.Issuer, Other),
        new("ClientAssertion:Audience", options.ClientAssertion.Audience, Other),
        new("ClientAssertion:Type", options.ClientAssertion.Type, Other),
        new("ClientAssertion:TokenFile", options.ClientAssertion.TokenFile, Path),
        new("ClientAssertion:From", options.ClientAssertion.From, Other),
        new("ClientAssertion:AssertionType", options.ClientAssertion.AssertionType, Other),
        new("TokenExchange:SubjectTokenFile", options.TokenExchange.SubjectTokenFile, Path),
        new("TokenExchange:SubjectTokenFrom", options.TokenExchange.SubjectTokenFrom, Other),
        new("TokenExchange:SubjectTokenType", options.TokenExchange.SubjectTokenType, Other),
        new("TokenExchange:ActorTokenFile", options.TokenExchange.ActorTokenFile, Path),
        new("TokenExchange:ActorTokenFrom", options.TokenExchange.ActorTokenFrom, Other),
        new("TokenExchange:ActorTokenType", options.TokenExchange.ActorTokenType, Other),
        new("TokenExchange:RequestedTokenType", options.TokenExchange.RequestedTokenType, Other),
        .. Settings("TokenExchange:Audience", options.TokenExchange.Audience),
        new("ClientCertificate:Path", options.ClientCertificate?.Path, Path),
        new("ClientCertificate:KeyPath", options.ClientCertificate?.KeyPath, Path),
        new("ClientCertificate:PasswordEnvironmentVariable", options.ClientCertificate?.PasswordEnvironmentVariable, Variable),
        new("ClientCertificate:PasswordFile", options.ClientCertificate?.PasswordFile, Path),
        new("TrustedCertificates", options.TrustedCertificates, Path),
        new("Cache:SharingName", options.Cache.SharingName, Other),
        .. Settings("SigningKey", options.SigningKey),
        .. Settings("ClientAssertion:SigningKey", options.ClientAssertion.SigningKey),
        .. Settings("DPoP:SigningKey", options.DPoP.SigningKey),
    ];

    private static IEnumerable<Setting> Settings(string name, IEnumerable<string> values)
    {
        foreach (var value in values)
            yield return new(name, value, Other);
    }

    private static IEnumerable<Setting> Settings(ProviderValues values)
    {
        foreach (var (name, value) in values.All)
            yield return new(name, value, Other);
    }

    private static IEnumerable<Setting> Settings(IDictionary<string, string> parameters)
    {
        foreach (var (name, value) in parameters)
            yield return new($"Parameters:{SettingText.Show(name)}", value, Other);
    }

    private static IEnumerable<Setting> Settings(string section, IDictionary<string, object> values)
    {
        foreach (var (name, value) in values)
            yield return new($"{section}:{SettingText.Show(name)}", value as string, Other);
    }

    private static IEnumerable<Setting> Settings(string section, SigningKeyOptions? key) => key is null ? [] :
    [
        new($"{section}:Path", key.Path, Path),
        new($"{section}:EnvironmentVariable", key.EnvironmentVariable, Variable),
        new($"{section}:PasswordEnvironmentVariable", key.PasswordEnvironmentVariable, Variable),
        new($"{section}:PasswordFile", key.PasswordFile, Path),
        new($"{section}:KeyId", key.KeyId, Other),
        new($"{section}:Algorithm", key.Algorithm, Other),
        new($"{section}:Certificate:Thumbprint", key.Certificate?.Thumbprint, Other),
        new($"{section}:Certificate:Subject", key.Certificate?.Subject, Other),
        new($"{section}:Certificate:StoreName", key.Certificate?.StoreName, Other),
    ];

    /// <summary>A setting, its value and what is expected there.</summary>
    private sealed record Setting(string Name, string? Value, string Expected);
}
