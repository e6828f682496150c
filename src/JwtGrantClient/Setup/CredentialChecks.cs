using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Finds the problems of the credentials that the library does not sign: client secrets, certificates, tokens to exchange and the DPoP key.
/// </summary>
internal static class CredentialChecks
{
    private static readonly string SecretMethods =
        $"{ClientAuthenticationMethod.ClientSecretBasic} or {ClientAuthenticationMethod.ClientSecretPost}";

    /// <summary>Returns whether the method identifies the client only by its client id.</summary>
    public static bool NeedsClientId(ClientAuthenticationMethod method) => UsesSecret(method)
        || method is ClientAuthenticationMethod.JwtAsClientSecret or ClientAuthenticationMethod.MutualTls;

    public static IEnumerable<string> Find(JwtGrantOptions options, ClientDependencies dependencies) =>
        [.. CheckSecret(options), .. CheckCertificate(options, dependencies), .. CheckTrust(options, dependencies), .. CheckGrant(options, dependencies), .. CheckProofKey(options)];

    /// <summary>Runs a check and returns the message of its exception; null if it passes.</summary>
    public static string? Failure(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (JwtGrantException e)
        {
            return e.Message;
        }
    }

    /// <summary>Returns whether the key is missing whose file names the client: then the missing key is the problem.</summary>
    public static bool KeyWillNameClient(JwtGrantOptions options) => !options.SigningKey.IsSet && options.FindProfile() is { KeyNamesClient: true };

    /// <summary>Returns whether the client id of the secret is in the file of the key.</summary>
    public static bool KeyNamesClient(JwtGrantOptions options) => UsesSecret(options.ClientAuthentication) && (options.SigningKey.Owner is not null || KeyWillNameClient(options));

    private static bool UsesSecret(ClientAuthenticationMethod method) =>
        method is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost;

    // A client uses one authentication method per request (RFC 6749 section 2.3). A secret that this method does not use is a mistake.
    private static IEnumerable<string> CheckSecret(JwtGrantOptions options)
    {
        if (UsesSecret(options.ClientAuthentication))
        {
            if (!options.ClientSecretSource.IsSet && (options.SigningKey.Account is { ClientSecret: not null } || KeyWillNameClient(options)))
                yield break;
            if (Failure(() => ClientSecret.From(options.ClientSecretSource)) is { } problem)
                yield return $"ClientSecret: {problem}";
            else if (options.ClientSecretFile is { } path && !File.Exists(path))
                yield return $"ClientSecretFile: the file {SettingText.QuotePath(path)} does not exist. " + (SettingText.IsShownAsPath(path)
                    ? "Correct the path, or create the file with the secret."
                    : "ClientSecretFile is the path of a file. If its value is the secret itself, set ClientSecret instead.");
        }
        else if (options.ClientSecretSource.IsSet)
        {
            yield return $"ClientSecret is set, but ClientAuthentication is {options.ClientAuthentication}, which does not send a secret. Remove the secret, or set ClientAuthentication to {SecretMethods}.";
        }
    }

    private static IEnumerable<string> CheckCertificate(JwtGrantOptions options, ClientDependencies dependencies)
    {
        if (options.ClientCertificate is { Path: not null } configured)
        {
            if (dependencies.TokenEndpointHandler.IsSet)
                yield return "ClientCertificate is set, but the token endpoint handler is configured in code and does not present the certificate. Add the certificate to that handler, or remove the handler.";
            else if (Failure(() => configured.Preload()) is { } problem)
                yield return problem;
        }
        else if (options.ClientCertificate is { KeyPath: not null } or { PasswordSecret.IsSet: true })
        {
            yield return "ClientCertificate has no Path. Set Path to the PEM or PKCS#12 file with the certificate.";
        }
        else if (options.ClientAuthentication == ClientAuthenticationMethod.MutualTls && !dependencies.ClientCertificate.IsSet && !dependencies.TokenEndpointHandler.IsSet)
        {
            yield return "ClientCertificate is missing; MutualTls authenticates the client with it (RFC 8705 section 2). Set ClientCertificate:Path, or call UseClientCertificate.";
        }
    }

    private static IEnumerable<string> CheckTrust(JwtGrantOptions options, ClientDependencies dependencies)
    {
        if (options.TrustedCertificates is not { Length: > 0 } path)
            yield break;
        if (dependencies.TokenEndpointHandler.IsSet)
            yield return "TrustedCertificates is set, but the token endpoint handler is configured in code and decides itself which certificates it trusts. Configure the trust of that handler and remove TrustedCertificates, or remove the handler.";
        else if (Failure(() => TrustedRoots.Read(path)) is { } problem)
            yield return problem;
    }

    private static IEnumerable<string> CheckGrant(JwtGrantOptions options, ClientDependencies dependencies)
    {
        if (options.Grant == GrantType.Saml2Bearer && !dependencies.GrantAssertion.IsSet && options.Assertion is { From: null, FromRequest: false })
            yield return "Grant is Saml2Bearer, but no provider of its assertions is configured. Call UseGrantAssertion, set Assertion:From or Assertion:FromRequest, or add the package JwtGrantClient.Saml and call UseSamlAssertion.";
        if (options.Grant == GrantType.TokenExchange && !dependencies.SubjectToken.IsSet
            && options.TokenExchange is { SubjectTokenFile: null, SubjectTokenUrl: null, SubjectTokenFrom: null, SubjectTokenFromRequest: false })
            yield return "TokenExchange:SubjectTokenFile is missing; it contains the token to exchange (RFC 8693 section 2.1). Set SubjectTokenFile, SubjectTokenFrom or SubjectTokenFromRequest, or call UseSubjectToken.";
        if (options.Grant != GrantType.TokenExchange && options.TokenExchange is
            not
            {
                SubjectTokenFile: null, SubjectTokenFrom: null, SubjectTokenFromRequest: false, SubjectTokenType: null, ActorTokenFile: null, ActorTokenFrom: null, ActorTokenType: null,
                RequestedTokenType: null, Audience.Count: 0,
            })
            yield return $"TokenExchange is set, but Grant is {options.Grant}. Set Grant to TokenExchange, or remove the section.";
    }

    private static IEnumerable<string> CheckProofKey(JwtGrantOptions options)
    {
        if (options.DPoP is { Enabled: false, SigningKey.IsSet: true })
            yield return "DPoP:SigningKey is set, but DPoP:Enabled is false. Set Enabled to true, or remove the key.";
        if (options.DPoP is { Enabled: true, SigningKey.IsSet: true } && Failure(options.DPoP.Preload) is { } problem)
            yield return $"DPoP:SigningKey: {problem}";
    }
}
