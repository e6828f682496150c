using System.Globalization;
using JwtGrantClient.Assertions;
using JwtGrantClient.Caching;
using JwtGrantClient.Protocol;
using JwtGrantClient.Settings;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes what determines whose tokens a client gets, for the store that it shares with other processes. If a setting were missing here, two clients
/// could share tokens that must be different. SharedIdentityTests demands a decision for each setting.
/// </summary>
internal static class IdentityComposition
{
    private static readonly TokenOwner NoOwner = new([], 0);

    public static ClientIdentity Create(string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys) => new()
    {
        Name = name,
        SharingName = options.Cache.SharingName,
        Settings =
        [
            options.Issuer, options.TokenEndpoint, options.ClientId, options.Grant.ToString(), options.ClientAuthentication.ToString(),
            options.SendClientId.ToString(), Text(options.DefaultTokenLifetime), options.DefaultTokenType,
            options.ScopePlacement.ToString(), options.UseIdToken.ToString(), keys.Owner, keys.Account?.Subject,
            options.Assertion.Issuer, options.Assertion.Subject, options.Assertion.Audience, Text(options.Assertion.Lifetime),
            JsonValues.ToJson(Sort(options.Assertion.Claims)), JsonValues.ToJson(Sort(options.Assertion.Header)), string.Join(' ', options.Assertion.OmittedClaims),
            options.Assertion.NotBefore.ToString(), Text(options.Assertion.Backdate),
            JsonValues.ToJson(Sort(options.ClientAssertion.Claims)), JsonValues.ToJson(Sort(options.ClientAssertion.Header)),
            string.Join(' ', options.ClientAssertion.OmittedClaims), options.ClientAssertion.NotBefore.ToString(), Text(options.ClientAssertion.Backdate),
            options.ClientAssertion.Issuer, options.ClientAssertion.Audience, options.ClientAssertion.Type, Text(options.ClientAssertion.Lifetime),
            options.ClientAssertion.AssertionType, JsonValues.ToJson(Sort(options.Assertion.JsonClaims)), JsonValues.ToJson(Sort(options.ClientAssertion.JsonClaims)),
            options.Assertion.From, options.ClientAssertion.From, options.TokenExchange.SubjectTokenFrom, options.TokenExchange.ActorTokenFrom,
            options.TokenExchange.SubjectTokenType, options.TokenExchange.ActorTokenType, options.TokenExchange.RequestedTokenType,
            .. options.TokenExchange.Audience,
            .. ValuesOf(options.GetProviderValues()),
            .. HeadersOf(options),
        ],
        Defaults = ClientComposition.Defaults(options),
        Inputs = InputsOf(options, dependencies),
        ReadTokenFilesAsync = CreateReader(options, dependencies),
        BindingThumbprint = () => keys.BindingThumbprint,
        // With MutualTls, a handler that the application configures may present a certificate that is not known here.
        IsBound = keys.BindingThumbprint is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
    };

    /// <summary>
    /// Returns the methods that make code decide whose tokens a client gets. A signer is not among them, because it is only a key, and neither is a handler
    /// of the token endpoint: the identity is in the form that it sends.
    /// </summary>
    public static IEnumerable<string> DecidedByCode(JwtGrantOptions options, ClientDependencies dependencies)
    {
        if (dependencies.TokenSource.IsSet)
        {
            yield return "UseTokenSource";
            yield break;
        }
        var isAssertionGrant = options.Grant is GrantType.JwtBearer or GrantType.Saml2Bearer or GrantType.SelfSigned;
        var isClientAssertion = options.ClientAuthentication is ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret;
        if (options.Grant is GrantType.JwtBearer or GrantType.Saml2Bearer && dependencies.GrantAssertion.IsSet)
            yield return options.Grant == GrantType.Saml2Bearer ? "UseGrantAssertion or UseSamlAssertion" : "UseGrantAssertion";
        if (isClientAssertion && dependencies.ClientAssertion.IsSet)
            yield return "UseClientAssertion";
        if (options.Grant == GrantType.TokenExchange && dependencies.SubjectToken.IsSet)
            yield return "UseSubjectToken";
        else if (options.TokenExchange.SubjectTokenUrl is not null)
            yield return "CredentialFile with a URL";
        if (options.Grant == GrantType.TokenExchange && dependencies.ActorToken.IsSet)
            yield return "UseActorToken";
        if (dependencies.EditAssertion is not null && (isAssertionGrant || isClientAssertion))
            yield return "EditAssertions";
    }

    private static IEnumerable<string> ValuesOf(ProviderValues values)
    {
        foreach (var (name, value) in values.All)
            yield return $"{name}={value}";
    }

    private static IEnumerable<string> HeadersOf(JwtGrantOptions options)
    {
        foreach (var (name, value) in Sort(options.Headers))
            yield return $"{name}: {value}";
    }

    private static ClientIdentity[] InputsOf(JwtGrantOptions options, ClientDependencies dependencies) => dependencies.Clients is { } clients
        ? [.. ClientReference.Of(options).ConvertAll(reference => clients.Get(reference.Client!).Identity)]
        : [];

    private static Func<CancellationToken, ValueTask<TokenOwner?>> CreateReader(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var inputs = InputsOf(options, dependencies);
        TokenFile?[] files =
        [
            dependencies.OpenTokenFile(options.Assertion.TokenFile, AssertionTypes.Jwt),
            dependencies.OpenTokenFile(options.ClientAssertion.TokenFile, options.ClientAssertion.AssertionType ?? AssertionTypes.Jwt),
            dependencies.OpenTokenFile(options.TokenExchange.SubjectTokenFile, options.TokenExchange.SubjectTokenType ?? TokenTypes.Jwt, options.TokenExchange.SubjectTokenMember),
            dependencies.OpenTokenFile(options.TokenExchange.ActorTokenFile, options.TokenExchange.ActorTokenType ?? TokenTypes.Jwt),
        ];
        return async cancellationToken =>
        {
            var (claims, changes) = (new List<string?>(), 0);
            foreach (var file in files)
            {
                var owner = file is null ? NoOwner : await file.ReadOwnerAsync(cancellationToken).ConfigureAwait(false);
                if (owner is null)
                    return null;
                claims.Add(owner.Claims.Count.ToString(CultureInfo.InvariantCulture));
                claims.AddRange(owner.Claims);
                changes += owner.Changes;
            }
            foreach (var input in inputs)
            {
                if (await input.ReadTokenFilesAsync(cancellationToken).ConfigureAwait(false) is not { } owner)
                    return null;
                claims.AddRange(owner.Claims);
                changes += owner.Changes;
            }
            return new(claims, changes);
        };
    }

    private static IEnumerable<KeyValuePair<string, object>> Sort<T>(IDictionary<string, T> claims)
        where T : class
    {
        var names = new List<string>(claims.Keys);
        names.Sort(StringComparer.Ordinal);
        foreach (var name in names)
            yield return new(name, claims[name]);
    }

    private static string? Text(TimeSpan? time) => time?.ToString("c", CultureInfo.InvariantCulture);
}
