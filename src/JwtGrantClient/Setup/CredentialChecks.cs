using JwtGrantClient.DPoP;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// What is wrong with the credentials that are not assertions of ours: secrets, certificates, tokens to exchange, the DPoP key.
/// </summary>
internal static class CredentialChecks
{
    private static readonly string SecretMethods =
        $"{ClientAuthenticationMethod.ClientSecretBasic} or {ClientAuthenticationMethod.ClientSecretPost}";

    /// <summary>Whether the method says by the client's id, and by nothing else, who the client is.</summary>
    public static bool NeedsClientId(ClientAuthenticationMethod method) => UsesSecret(method)
        || method is ClientAuthenticationMethod.JwtAsClientSecret or ClientAuthenticationMethod.MutualTls;

    public static IEnumerable<string> Find(JwtGrantOptions options, ClientDependencies given) =>
        [.. CheckSecret(options), .. CheckCertificate(options, given), .. CheckGrant(options, given), .. CheckProofKey(options)];

    /// <summary>Returns the message of the error that a check ends in; null where it passes.</summary>
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

    private static bool UsesSecret(ClientAuthenticationMethod method) =>
        method is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost;

    // Exactly one method per request (RFC 6749 section 2.3): a secret that no method uses is a misunderstanding, and a secret too many.
    private static IEnumerable<string> CheckSecret(JwtGrantOptions options)
    {
        if (UsesSecret(options.ClientAuthentication))
        {
            if (Failure(() => ClientSecret.From(options.ClientSecretSource)) is { } problem)
                yield return $"ClientSecret: {problem}";
            else if (options.ClientSecretFile is { } path && !File.Exists(path))
                yield return $"ClientSecretFile: there is no file '{path}'. Correct the path, or put the secret there.";
        }
        else if (options.ClientSecretSource.IsSet)
        {
            yield return $"ClientSecret is set, but ClientAuthentication is {options.ClientAuthentication}, which sends none. " +
                $"Take it out, or set ClientAuthentication to {SecretMethods}.";
        }
    }

    private static IEnumerable<string> CheckCertificate(JwtGrantOptions options, ClientDependencies given)
    {
        if (options.ClientCertificate is { Path: not null } configured)
        {
            if (given.TokenEndpointHandler.IsGiven)
                yield return "ClientCertificate is set, but the token endpoint's handler is given by code and would not show it. " +
                    "Give the certificate to that handler, or leave the handler out.";
            else if (Failure(configured.Check) is { } problem)
                yield return problem;
        }
        else if (options.ClientCertificate is { KeyPath: not null } or { PasswordSecret.IsSet: true })
        {
            yield return "ClientCertificate has no Path. Set it to the PEM or PKCS#12 file with the certificate.";
        }
        else if (options.ClientAuthentication == ClientAuthenticationMethod.MutualTls && !given.ClientCertificate.IsGiven && !given.TokenEndpointHandler.IsGiven)
        {
            yield return "ClientCertificate is missing; MutualTls proves by it who the client is (RFC 8705 section 2). Set " +
                "ClientCertificate:Path, " +
                "or give the certificate by UseClientCertificate.";
        }
    }

    private static IEnumerable<string> CheckGrant(JwtGrantOptions options, ClientDependencies given)
    {
        if (options.Grant == GrantType.Saml2Bearer && !given.GrantAssertion.IsGiven)
            yield return "Grant is Saml2Bearer, but nothing makes its assertions. Give them by UseGrantAssertion, or add the package " +
                "JwtGrantClient.Saml and call UseSamlAssertion.";
        if (options.Grant == GrantType.TokenExchange && !given.SubjectToken.IsGiven && options.TokenExchange.SubjectTokenFile is null)
            yield return "TokenExchange:SubjectTokenFile is missing; it holds the token to exchange (RFC 8693 section 2.1). Set it, or " +
                "give the token " +
                "by UseSubjectToken.";
        if (options.Grant != GrantType.TokenExchange && options.TokenExchange is
            not { SubjectTokenFile: null, SubjectTokenType: null, ActorTokenFile: null, ActorTokenType: null, RequestedTokenType: null, Audience.Count: 0 })
            yield return $"TokenExchange is set, but Grant is {options.Grant}. Set Grant to TokenExchange, or take the section out.";
    }

    private static IEnumerable<string> CheckProofKey(JwtGrantOptions options)
    {
        if (options.DPoP is { Enabled: false, SigningKey.IsSet: true })
            yield return "DPoP:SigningKey is set, but DPoP:Enabled is false. Set Enabled to true, or take the key out.";
        if (options.DPoP is { Enabled: true, SigningKey.IsSet: true } && Failure(options.DPoP.Check) is { } problem)
            yield return $"DPoP:SigningKey: {problem}";
    }
}
